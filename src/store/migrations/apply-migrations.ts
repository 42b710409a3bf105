import { relative } from "node:path";
import type pg from "pg";
import { errorMessage } from "../../util/error-text.js";
import { allowSlowStatements } from "../connection/silent-connections.js";
import { DatabaseStartError } from "../connection/start-error.js";
import { MIGRATIONS_FOLDER, type Migration, readMigrations } from "./migration-files.js";
import { findPending, recordApplied } from "./migration-history.js";

/** "shel" in ASCII: the first half of the advisory lock's key. The second half is the schema. */
const LOCK_CLASS = 0x7368656c;

/** The names of the migrations that `applyMigrations` would apply. */
export async function pendingMigrations(pool: pg.Pool, folder = MIGRATIONS_FOLDER): Promise<string[]> {
  const pending = await findPending(pool, await readMigrations(folder));
  return pending.map(({ name }) => name);
}

/** Applies pending migrations, each in one transaction with its history row. A process that starts at the same time waits. */
export async function applyMigrations(pool: pg.Pool, folder = MIGRATIONS_FOLDER): Promise<string[]> {
  const migrations = await readMigrations(folder);
  if ((await findPending(pool, migrations)).length === 0) return [];
  const client = await pool.connect();
  allowSlowStatements(client);
  const applied: string[] = [];
  try {
    for (let next = await applyNext(client, migrations); next; next = await applyNext(client, migrations)) {
      applied.push(next.name);
    }
    // a migration may have changed settings of its session
    await client.query("DISCARD ALL");
    return applied;
  } finally {
    client.release(true);
  }
}

/** Applies the first pending migration and returns it; null if there is none, or if another process has applied it. */
async function applyNext(client: pg.PoolClient, migrations: readonly Migration[]): Promise<Migration | null> {
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  try {
    await client.query("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0");
    await client.query("SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))", [LOCK_CLASS]);
    const [next] = await findPending(client, migrations);
    if (next) {
      await run(client, next);
      await recordApplied(client, next);
    }
    await client.query("COMMIT");
    return next ?? null;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function run(client: pg.PoolClient, migration: Migration): Promise<void> {
  const before = await readTransactionId(client);
  try {
    await client.query(migration.sql);
  } catch (error) {
    throw new DatabaseStartError(describeFailure(migration, error));
  }
  // a search path that the migration set, as dumps do, would hide the history
  await client.query("RESET ALL");
  if ((await readTransactionId(client)) === before) return;
  throw new DatabaseStartError(`The migration ${migration.file} ends its own transaction; take out its COMMIT.`);
}

async function readTransactionId(client: pg.PoolClient): Promise<string> {
  const { rows } = await client.query<{ id: string }>("SELECT pg_current_xact_id()::text AS id");
  return rows[0]?.id ?? "";
}

function describeFailure({ file, sql }: Migration, error: unknown): string {
  const position = error instanceof Error && "position" in error ? Number(error.position) : 0;
  const line = position > 0 ? ` at line ${[...sql].slice(0, position - 1).filter((c) => c === "\n").length + 1}` : "";
  return `The migration ${relative(process.cwd(), file)} failed${line}: ${errorMessage(error)}; nothing of it was applied.`;
}
