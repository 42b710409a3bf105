import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyMigrations, pendingMigrations } from "../../../src/store/migrations/apply-migrations.js";
import { openEmptyPool, TEST_DATABASE_KIND } from "../../support/database/database.js";
import { makeMigrationFolder } from "../../support/database/migration-folder.js";

const SHELF = `CREATE TABLE shelf (id int PRIMARY KEY);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'no; never';
END;
$$;`;
const BOOK = "CREATE TABLE book (id int PRIMARY KEY, shelf int REFERENCES shelf);";

let database: Awaited<ReturnType<typeof openEmptyPool>>;
let pool: pg.Pool;
let files: ReturnType<typeof makeMigrationFolder>;

beforeEach(async () => {
  database = await openEmptyPool();
  pool = database.pool;
  files = makeMigrationFolder({ "20260101000000_shelf": SHELF, "20260102000000_book": BOOK });
});
afterEach(async () => {
  await database.close();
  files.remove();
});

async function tables(): Promise<string[]> {
  const { rows } = await pool.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  return rows.map(({ tablename }) => tablename);
}

test("pending migrations are applied in order, once, and recorded as Prisma does", async () => {
  expect(await pendingMigrations(pool, files.folder)).toEqual(["20260101000000_shelf", "20260102000000_book"]);
  expect(await tables()).toEqual([]);
  expect(await applyMigrations(pool, files.folder)).toEqual(["20260101000000_shelf", "20260102000000_book"]);
  expect(await applyMigrations(pool, files.folder)).toEqual([]);
  expect(await pendingMigrations(pool, files.folder)).toEqual([]);
  expect(await tables()).toEqual(["_prisma_migrations", "book", "shelf"]);
  const { rows } = await pool.query('SELECT * FROM "_prisma_migrations" ORDER BY migration_name LIMIT 1');
  expect(rows).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: createHash("sha256").update(SHELF).digest("hex"),
      finished_at: expect.any(Date),
      migration_name: "20260101000000_shelf",
      logs: null,
      rolled_back_at: null,
      started_at: expect.any(Date),
      applied_steps_count: 1,
    },
  ]);
});

test("a broken migration changes nothing, and earlier migrations stay applied", async () => {
  files.write("20260103000000_broken", "CREATE TABLE half (id int);\n\nCREATE TABLE half (id int);\nSELECT broken;");
  await expect(applyMigrations(pool, files.folder)).rejects.toMatchObject({
    name: "DatabaseStartError",
    message: expect.stringMatching(
      /^The migration \S*20260103000000_broken\/migration\.sql failed: relation "half" already exists; nothing of it was applied\.$/,
    ),
  });
  expect(await tables()).toEqual(["_prisma_migrations", "book", "shelf"]);
  files.write("20260103000000_broken", "CREATE TABLE whole (id int);");
  expect(await applyMigrations(pool, files.folder)).toEqual(["20260103000000_broken"]);
});

test("a syntax error is reported with its line", async () => {
  files.write("20260103000000_broken", "CREATE TABLE half (id int);\n\nCREATE TABEL other (id int);");
  await expect(applyMigrations(pool, files.folder)).rejects.toThrow(
    /failed at line 3: syntax error at or near "TABEL"/,
  );
});

test("a migration that ends its own transaction is refused", async () => {
  files.write("20260103000000_commits", "COMMIT; CREATE TABLE loose (id int);");
  await expect(applyMigrations(pool, files.folder)).rejects.toThrow(/ends its own transaction/);
});

test("settings of a migration end with it", async () => {
  files.write("20260103000000_settings", "SET statement_timeout = 12345; SET search_path = pg_catalog;");
  const show = "SELECT current_setting('statement_timeout') AS timeout, current_schema() AS schema";
  const before = await pool.query(show);
  await applyMigrations(pool, files.folder);
  expect((await pool.query(show)).rows).toEqual(before.rows);
  expect(await tables()).toContain("_prisma_migrations");
});

test("another history is refused with a sentence", async () => {
  await applyMigrations(pool, files.folder);
  files.write("20260102000000_book", `${BOOK} -- changed`);
  await expect(applyMigrations(pool, files.folder)).rejects.toThrow(
    /20260102000000_book\/migration\.sql was changed after this database had applied it/,
  );
  files.write("20260102000000_book", BOOK.replaceAll("\n", "\r\n"));
  expect(await applyMigrations(pool, files.folder)).toEqual([]);
  rmSync(join(files.folder, "20260102000000_book"), { recursive: true });
  await expect(pendingMigrations(pool, files.folder)).rejects.toThrow(
    /^The database is newer than this server: it has the migration 20260102000000_book/,
  );
  files.write("20260103000000_later", "SELECT 1");
  await expect(applyMigrations(pool, files.folder)).rejects.toThrow(/it belongs to another program or another branch/);
});

test("a migration that another tool did not finish is refused, and one that it rolled back is applied again", async () => {
  await applyMigrations(pool, files.folder);
  await pool.query(`UPDATE "_prisma_migrations" SET finished_at = NULL WHERE migration_name LIKE '%book'`);
  await expect(applyMigrations(pool, files.folder)).rejects.toThrow(/did not finish; repair the database/);
  await pool.query(`UPDATE "_prisma_migrations" SET rolled_back_at = now() WHERE migration_name LIKE '%book'`);
  await pool.query("DROP TABLE book");
  expect(await applyMigrations(pool, files.folder)).toEqual(["20260102000000_book"]);
});

describe.runIf(TEST_DATABASE_KIND === "postgres")("at the same time", () => {
  test("all succeed, and each migration is applied once", async () => {
    files.write("20260103000000_slow", "SELECT pg_sleep(2); CREATE TABLE slow (id int);");
    const pools = Array.from({ length: 5 }, () => new pg.Pool({ ...pool.options, max: 1, statement_timeout: 1_000 }));
    const applied = await Promise.all(pools.map((each) => applyMigrations(each, files.folder)));
    expect(applied.flat().sort()).toEqual(["20260101000000_shelf", "20260102000000_book", "20260103000000_slow"]);
    await Promise.all(pools.map((each) => each.on("error", () => {}).end()));
  });

  test("take no lock without pending migrations", async () => {
    await applyMigrations(pool, files.folder);
    const holder = await pool.connect();
    await holder.query("BEGIN; SELECT pg_advisory_xact_lock(1936024940, hashtext('public'))");
    expect(await applyMigrations(pool, files.folder)).toEqual([]);
    await holder.query("ROLLBACK");
    holder.release();
  });
});
