import { describe, expect, test } from "vitest";
import type { Database } from "../../../src/store/connection/database.js";
import { translateDatabaseError } from "../../../src/store/connection/database-errors.js";
import { openDatabase } from "../../../src/store/open-database.js";
import type { ReadTables } from "../../../src/store/reads/create-reads.js";
import { openTestDatabase, postgresOptions, QUIET, TEST_DATABASE_KIND } from "../../support/database/database.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "../../support/database/postgres-server.js";

/** The code that a client gets for a read that fails; null if the error is unexpected. */
async function failureOf(read: PromiseLike<unknown>): Promise<string | null> {
  const error: unknown = await Promise.resolve(read).then(
    () => expect.unreachable("The read returned rows."),
    (reason: unknown) => reason,
  );
  return translateDatabaseError(error)?.code ?? null;
}

/** Runs a read on both paths, and expects the same failure. */
async function failureOfBoth({ reads, prisma }: Database, read: (tables: ReadTables) => PromiseLike<unknown>) {
  const { compiled } = reads.counts;
  const failure = await failureOf(read(reads.db));
  expect(reads.counts.compiled).toBe(compiled + 1);
  expect(await failureOf(read(prisma))).toBe(failure);
  return failure;
}

describe("a read that fails is refused as Prisma's is", () => {
  test.each<[string, string | null, (tables: ReadTables) => PromiseLike<unknown>]>([
    ["text with U+0000", "INVALID_INPUT", ({ model }) => model.findFirst({ where: { name: "a\u0000" } })],
    ["an id that is none", null, ({ model }) => model.findMany({ where: { id: "x" } })],
    ["a pattern that ends in an escape", null, ({ model }) => model.findMany({ where: { name: { endsWith: "\\" } } })],
  ])("%s", async (_, expected, read) => {
    const database = await openTestDatabase();
    await database.pool.query(
      `INSERT INTO "Model" ("id", "name", "liveName", "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind")
       VALUES (gen_random_uuid(), 'm', 'm', now(), now(), 'i', 's', 'USER')`,
    );
    expect(await failureOfBoth(database, read)).toBe(expected);
    expect(await database.reads.db.model.findMany({ select: { name: true } })).toEqual([{ name: "m" }]);
    await database.close();
  });

  test("after the database was closed", async () => {
    const database = await openTestDatabase();
    await database.close();
    expect(await failureOf(database.reads.db.model.findFirst({ select: { id: true } }))).toBe("UNAVAILABLE");
  });
});

describe.runIf(TEST_DATABASE_KIND === "postgres")("the limits of one statement hold for reads:", () => {
  async function withLimits(
    limits: { statementTimeoutMs?: number; resultBytes?: number },
    run: (database: Database) => Promise<void>,
  ) {
    const name = await createTestDatabase();
    const database = await openDatabase({ ...postgresOptions(addressOf(name)), ...limits }, QUIET);
    await run(database).finally(() => database.close());
    await dropTestDatabase(name);
  }

  test("its time", () =>
    withLimits({ statementTimeoutMs: 500 }, async (database) => {
      const holder = await database.pool.connect();
      await holder.query(`BEGIN; LOCK TABLE "Model"`);
      expect(await failureOfBoth(database, ({ model }) => model.findFirst({ select: { id: true } }))).toBe("TIMEOUT");
      await holder.query("ROLLBACK");
      holder.release();
      expect(await database.reads.db.model.findFirst({ select: { id: true } })).toBe(null);
    }));

  test("the size of its rows", () =>
    withLimits({ resultBytes: 100_000 }, async (database) => {
      await database.pool.query(
        `INSERT INTO "Model" ("id", "name", "liveName", "description", "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind")
         SELECT gen_random_uuid(), n::text, n::text, repeat('x', 1000), now(), now(), 'i', 's', 'USER' FROM generate_series(1, 2000) AS n`,
      );
      expect(await failureOfBoth(database, ({ model }) => model.findMany())).toBe("TOO_COMPLEX");
      expect(await database.reads.db.model.findMany({ select: { id: true } })).toHaveLength(2_000);
    }));

  test("its connection", () =>
    withLimits({}, async (database) => {
      const holder = await database.pool.connect();
      await holder.query(`BEGIN; LOCK TABLE "Model"`);
      const failure = failureOf(database.reads.db.model.findFirst({ select: { id: true } }));
      const waiting = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await expect.poll(async () => (await database.pool.query(waiting)).rowCount).toBe(1);
      expect(await failure).toBe("UNAVAILABLE");
      await holder.query("ROLLBACK");
      holder.release();
    }));
});
