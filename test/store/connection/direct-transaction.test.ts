import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Database } from "../../../src/store/connection/database.js";
import { TRANSACTION_MS } from "../../../src/store/connection/direct-transaction.js";
import { transact } from "../../../src/store/connection/transaction.js";
import { openTestDatabase } from "../../support/database/database.js";
import { recordStatements } from "../../support/database/statements.js";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
  await database.pool.query("CREATE TABLE kept (id int)");
});
afterAll(() => database.close());
afterEach(() => vi.useRealTimers());

const kept = async () => (await database.pool.query("SELECT id FROM kept ORDER BY id")).rows.map(({ id }) => id);

test("a transaction is BEGIN, its own statements and COMMIT", async () => {
  const { statements } = await recordStatements(() =>
    database.prisma.$transaction((tx) => tx.$executeRaw`INSERT INTO kept VALUES (${1}::int)`),
  );
  expect(statements.map(({ text }) => text)).toEqual([
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    "INSERT INTO kept VALUES ($1::int)",
    "COMMIT",
  ]);
  expect(await kept()).toEqual([1]);
});

test("parameters are sent and values are read as by Prisma's raw queries", async () => {
  const date = new Date("2026-01-31T12:00:00.050Z");
  const read = (db: Pick<Database["prisma"], "$queryRaw">) => db.$queryRaw<Record<string, unknown>[]>`
    SELECT ${date}::timestamptz AS date, ${2n ** 60n}::bigint AS big, ${7}::int AS int, ${1.5}::float8 AS float,
      ${"1.10"}::numeric AS decimal, ${true}::boolean AS yes, ${null}::text AS none, ${"é\\'"}::text AS text,
      ${["a", 'b"', "c,d"]}::text[] AS list, ${JSON.stringify({ a: [null, 1] })}::jsonb AS json,
      ${Uint8Array.of(0, 255)}::bytea AS bytes, 'NONE'::"Stage" AS stage,
      '00000000-0000-4000-8000-000000000001'::uuid AS id`;
  const outside = await read(database.prisma);
  expect(await database.prisma.$transaction((tx) => read(tx))).toEqual(outside);
  expect(outside[0]).toMatchObject({ date, big: 2n ** 60n, json: { a: [null, 1] } });
});

test("a transaction in which a statement failed does not end as if it had committed", async () => {
  const work = database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO kept VALUES (2)`;
    await tx.$executeRaw`SELECT 1 / 0`.catch(() => undefined);
  });
  await expect(work).rejects.toThrow("was rolled back");
  expect(await kept()).toEqual([1]);
});

test("a transaction that takes too long gives up its locks, and cannot write any more", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const work = transact(database.prisma, async (tx) => {
    await tx.$executeRaw`INSERT INTO kept VALUES (3)`;
    vi.advanceTimersByTime(TRANSACTION_MS);
    await tx.$executeRaw`INSERT INTO kept VALUES (4)`;
  });
  await expect(work).rejects.toMatchObject({ code: "UNAVAILABLE" });
  vi.useRealTimers();
  expect(await kept()).toEqual([1]);
});

test("work that goes on after its transaction cannot write", async () => {
  let late: (() => Promise<unknown>)[] = [];
  const work = database.prisma.$transaction(async (tx) => {
    late = [() => tx.$executeRaw`INSERT INTO kept VALUES (5)`, () => tx.model.count(), () => tx.model.create({ data })];
  });
  const data = {
    ...{
      id: "00000000-0000-4000-8000-000000000001",
      name: "m",
      liveName: "m",
      createdAt: new Date(),
      updatedAt: new Date(),
    },
    ...{ createdByIssuer: "i", createdBySubject: "s", createdByKind: "MACHINE" as const },
  };
  await work;
  for (const statement of late) await expect(statement()).rejects.toMatchObject({ code: "P2028" });
  expect(await kept()).toEqual([1]);
});
