import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase, TEST_DATABASE_KIND } from "../../support/database/database.js";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test("every session is in UTC", async () => {
  const { rows } = await database.pool.query("SHOW TimeZone");
  expect(rows).toEqual([{ TimeZone: "UTC" }]);
});

test("a transaction runs at the requested isolation level", async () => {
  const level = (isolationLevel?: "Serializable") =>
    database.prisma.$transaction(
      (tx) => tx.$queryRaw<{ transaction_isolation: string }[]>`SHOW transaction_isolation`,
      isolationLevel ? { isolationLevel } : {},
    );
  expect(await level()).toEqual([{ transaction_isolation: "read committed" }]);
  expect(await level("Serializable")).toEqual([{ transaction_isolation: "serializable" }]);
});

test("a commit that fails is an error, and writes nothing", async () => {
  await database.pool.query(`CREATE TABLE deferred (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)`);
  const commit = database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO deferred VALUES (1)`;
    await tx.$executeRaw`INSERT INTO deferred VALUES (1)`;
  });
  await expect(commit).rejects.toThrow();
  expect((await database.pool.query("SELECT * FROM deferred")).rows).toEqual([]);
});

test("notifications arrive in the order of their commits", async () => {
  const payloads: string[] = [];
  const listening = await database.listen("test_channel", {
    notify: (payload) => payloads.push(payload),
    gap: () => undefined,
  });
  for (const payload of ["1", "2", "3"]) await database.pool.query("SELECT pg_notify('test_channel', $1)", [payload]);
  await expect.poll(() => payloads).toEqual(["1", "2", "3"]);
  await listening.stop();
});

test("statements that fail outside a transaction, named or not, do not affect later ones", async () => {
  for (let round = 0; round < 3; round++) {
    await expect(database.pool.query("SELECT broken")).rejects.toThrow('column "broken" does not exist');
    await expect(database.prisma.$queryRawUnsafe("SELECT broken")).rejects.toThrow('column "broken" does not exist');
    await expect(database.prisma.$executeRaw`SELECT 1 / ${round * 0}::int`).rejects.toThrow("division by zero");
  }
  const counts = Array.from({ length: 20 }, () => database.prisma.model.count());
  expect(await Promise.all(counts)).toEqual(Array(20).fill(0));
  await database.ping();
});

// PostgreSQL runs in another process, and its answers come through the event loop.
test.skipIf(TEST_DATABASE_KIND === "postgres")("the event loop turns while many statements wait", async () => {
  await database.prisma.model.count();
  let isOver = false;
  let turns = 0;
  const turn = () => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  turn();
  await Promise.all(Array.from({ length: 100 }, () => database.prisma.model.count()));
  isOver = true;
  expect(turns).toBeGreaterThan(90);
});

test("the transaction of work that throws is rolled back", async () => {
  const failing = database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`CREATE TABLE unwanted (id int)`;
    throw new Error("changed my mind");
  });
  await expect(failing).rejects.toThrow("changed my mind");
  const { rows } = await database.pool.query("SELECT to_regclass('unwanted') AS found");
  expect(rows).toEqual([{ found: null }]);
});
