import { applyMigrations } from "../../../src/store/migrations/apply-migrations.js";
import { readMigrations } from "../../../src/store/migrations/migration-files.js";
import { openEmptyPool } from "./database.js";
import { makeMigrationFolder } from "./migration-folder.js";

/** A database of the release before a migration. */
export async function openEarlierRelease(migration: string): ReturnType<typeof openEmptyPool> {
  const database = await openEmptyPool();
  const earlier = (await readMigrations()).filter(({ name }) => name < migration);
  const files = makeMigrationFolder(Object.fromEntries(earlier.map(({ name, sql }) => [name, sql])));
  await applyMigrations(database.pool, files.folder);
  files.remove();
  return database;
}
