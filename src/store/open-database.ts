import type { Database, DatabaseLog, DatabaseOptions } from "./connection/database.js";
import { openPglite } from "./connection/pglite.js";
import { openPostgres } from "./connection/postgres.js";
import { hasDatabase, openDataFolder } from "./folder/data-folder.js";
import { applyMigrations, pendingMigrations } from "./migrations/apply-migrations.js";
import { readMigrations } from "./migrations/migration-files.js";

type EmbeddedOptions = Extract<DatabaseOptions, { kind: "pglite" }>;

/** Opens the database. Creates an embedded one that does not exist yet, and applies pending migrations. */
export async function openDatabase(options: DatabaseOptions, log: DatabaseLog): Promise<Database> {
  const database = await open(options, log);
  try {
    const applied = await applyMigrations(database.pool);
    if (applied.length > 0) log.info(`Applied ${applied.length} database migrations: ${applied.join(", ")}`);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The migrations that `openDatabase` would apply. Changes nothing and creates no folder. */
export async function findPendingMigrations(options: DatabaseOptions, log: DatabaseLog): Promise<string[]> {
  if (options.kind === "pglite" && !(await hasDatabase(options.folder))) {
    return (await readMigrations()).map(({ name }) => name);
  }
  const database = await open(options, log);
  try {
    return await pendingMigrations(database.pool);
  } finally {
    await database.close();
  }
}

function open(options: DatabaseOptions, log: DatabaseLog): Promise<Database> {
  return options.kind === "postgres" ? openPostgres(options, log) : openEmbedded(options, log);
}

/** Opens the embedded database in its folder, and locks the folder against other processes. */
async function openEmbedded(options: EmbeddedOptions, log: DatabaseLog): Promise<Database> {
  const { release } = await openDataFolder(options.folder, log);
  try {
    return await openPglite(options, log, release);
  } catch (error) {
    await release();
    throw error;
  }
}
