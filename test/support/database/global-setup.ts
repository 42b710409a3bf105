import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { createPglitePool } from "../../../src/store/connection/pglite-pool.js";
import { applyMigrations } from "../../../src/store/migrations/apply-migrations.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "./postgres-server.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** PGlite databases as tar files, without and with the migrations. They do not exist if the suite runs on PostgreSQL. */
    pgliteImages: { empty: string; migrated: string };
    /** A migrated database on the server of TEST_DATABASE_URL, as a template for others; "" without that server. */
    templateDatabase: string;
  }
}

/** Migrates once for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-test-"));
  const images = { empty: join(folder, "empty.tar"), migrated: join(folder, "migrated.tar") };
  const template = process.env.TEST_DATABASE_URL ? await makeTemplate() : "";
  if (!template) await makeImages(images);
  project.provide("pgliteImages", images);
  project.provide("templateDatabase", template);
  return async () => {
    rmSync(folder, { recursive: true, force: true });
    if (template) await dropTestDatabase(template);
  };
}

async function makeImages(images: { empty: string; migrated: string }): Promise<void> {
  const pglite = await PGlite.create({ initDbStartParams: ["--wal-segsize=1"] });
  await dropTemplates(pglite);
  await saveImage(pglite, images.empty);
  const pool = createPglitePool(pglite, console);
  await applyMigrations(pool);
  await pool.end();
  await saveImage(pglite, images.migrated);
  await pglite.close();
}

/** They are two thirds of the files, which each test would read, and no test creates a database from them. */
async function dropTemplates(pglite: PGlite): Promise<void> {
  await pglite.query("UPDATE pg_database SET datistemplate = false");
  for (const name of ["template0", "template1"]) await pglite.query(`DROP DATABASE ${name}`);
}

async function saveImage(pglite: PGlite, file: string): Promise<void> {
  await pglite.query("CHECKPOINT");
  writeFileSync(file, Buffer.from(await (await pglite.dumpDataDir("none")).arrayBuffer()));
}

async function makeTemplate(): Promise<string> {
  const name = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: addressOf(name) });
  await applyMigrations(pool);
  await pool.end();
  return name;
}
