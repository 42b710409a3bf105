import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../src/store/connection/database.js";
import { createRawReads } from "../../../src/store/connection/raw-reads.js";
import { Prisma } from "../../../src/store/generated/client.js";
import { openTestDatabase } from "../../support/database/database.js";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());

const at = new Date("2026-01-02T03:04:05.678Z");
const nested = Prisma.sql`${7}::int`;
const statement = Prisma.sql`
  SELECT ${9007199254740993n}::bigint AS "whole", ${nested} AS "number", ${at}::timestamptz AS "time", ${0.1}::float8 AS "float",
    ${["a", 'b"c']}::text[] AS "list", json_build_object('key', ${"é"}::text) AS "json", ${new Uint8Array([0, 255])}::bytea AS "bytes",
    true AS "truth", NULL::bigint AS "nothing", n.n AS "row"
  FROM generate_series(1, 10) AS n(n) WHERE n.n > ${2}::int ORDER BY n.n LIMIT ${2}::int`;

test.each([true, false])("what a statement answers is what Prisma answers (prepared: %s)", async (prepared) => {
  const { prisma, pool } = database;
  const reads = createRawReads(pool, prepared);
  const plain = (rows: Record<string, unknown>[]) =>
    rows.map(
      (row): Record<string, unknown> => ({ ...row, bytes: Buffer.from(row.bytes as Uint8Array).toString("hex") }),
    );
  const own = plain(await reads.$queryRaw<Record<string, unknown>[]>(statement));
  expect(own).toEqual(plain(await prisma.$queryRaw<Record<string, unknown>[]>(statement)));
  expect(own.map(({ whole, row, time }) => [whole, row, time])).toEqual([
    [9007199254740993n, 3, at],
    [9007199254740993n, 4, at],
  ]);
});

test("a template is a statement, and a fault of the database is an error", async () => {
  const { $queryRaw } = createRawReads(database.pool, true);
  expect(await $queryRaw`SELECT ${"'; DROP TABLE x"}::text AS "text"`).toEqual([{ text: "'; DROP TABLE x" }]);
  await expect($queryRaw`SELECT ${1}::int / 0`).rejects.toThrow("division by zero");
});
