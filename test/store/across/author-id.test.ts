import type { ClientBase } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Author } from "../../../src/domain/access/author.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase, TEST_DATABASE_KIND } from "../../support/database/database.js";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const ADA: Author = {
  issuer: "https://issuer.test",
  subject: "ada",
  name: "Ada",
  kind: "USER",
  scopes: ["models:read", "runs:write"],
  groups: ["qa", 'ml, "risk"'],
};

async function idOf(author: object, client: Pick<ClientBase, "query"> = database.pool): Promise<string> {
  const { rows } = await client.query(`SELECT "author_id"($1::json) AS "id"`, [JSON.stringify(author)]);
  return rows[0].id;
}

async function countOf(subject: string): Promise<number> {
  const { rows } = await database.pool.query(`SELECT count(*)::int AS "n" FROM "Author" WHERE "subject" = $1`, [
    subject,
  ]);
  return rows[0].n;
}

test("an author is one row, with all that was given", async () => {
  const id = await idOf(ADA);
  expect(await idOf(Object.fromEntries(Object.entries(ADA).reverse()))).toBe(id);
  const { rows } = await database.pool.query(`SELECT * FROM "Author" WHERE "subject" = 'ada'`);
  expect(rows).toEqual([{ id, key: expect.stringMatching(/^[0-9a-f]{64}$/), ...ADA }]);
});

test.each<[string, Partial<Author>]>([
  ["issuer", { issuer: "https://other.test" }],
  ["name", { name: null }],
  ["other name", { name: "Ada L." }],
  ["kind", { kind: "MACHINE" }],
  ["scope", { scopes: ["models:read"] }],
  ["group", { groups: ["qa"] }],
  ["split of the groups", { groups: ["qa", "ml", ' "risk"'] }],
  ["empty list", { scopes: [], groups: [] }],
])("with another %s it is another author", async (_what, part) => {
  expect(await idOf({ ...ADA, ...part })).not.toBe(await idOf(ADA));
});

test("authors are neither changed nor deleted", async () => {
  await idOf(ADA);
  for (const sql of [`UPDATE "Author" SET "scopes" = '{admin}'`, `DELETE FROM "Author"`, `TRUNCATE "Author" CASCADE`])
    await expect(database.pool.query(sql)).rejects.toThrow("append-only");
});

describe.runIf(TEST_DATABASE_KIND === "postgres")("a new author in two transactions at once", () => {
  test.each([
    ["COMMIT", "the second finds the row of the first"],
    ["ROLLBACK", "the second inserts it"],
  ])("after %s %s", async (end) => {
    const author = { ...ADA, subject: `new-${end}` };
    const [first, second] = [await database.pool.connect(), await database.pool.connect()];
    try {
      await first.query("BEGIN");
      await second.query("BEGIN");
      const firstId = await idOf(author, first);
      const waiting = idOf(author, second);
      await expect
        .poll(async () => {
          const { rows } = await database.pool.query(
            `SELECT count(*)::int AS "n" FROM pg_stat_activity WHERE "wait_event_type" = 'Lock' AND "datname" = current_database()`,
          );
          return rows[0].n;
        })
        .toBe(1);
      await first.query(end);
      const secondId = await waiting;
      await second.query("COMMIT");
      expect(secondId === firstId).toBe(end === "COMMIT");
      expect(await countOf(author.subject)).toBe(1);
    } finally {
      first.release();
      second.release();
    }
  });
});
