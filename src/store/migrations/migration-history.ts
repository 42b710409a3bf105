import { randomUUID } from "node:crypto";
import type pg from "pg";
import { DatabaseStartError } from "../connection/start-error.js";
import type { Migration } from "./migration-files.js";

interface HistoryRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

type Queryable = Pick<pg.PoolClient, "query">;

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/** The migrations that the database has not applied. Throws if its history is not a prefix of these migrations. */
export async function findPending(client: Queryable, migrations: readonly Migration[]): Promise<Migration[]> {
  const applied = await readHistory(client);
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of applied) checkApplied(row, known);
  const names = new Set(applied.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !names.has(name));
}

export async function recordApplied(client: Queryable, { name, checksum }: Migration): Promise<void> {
  await client.query(CREATE_TABLE);
  await client.query(
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
     VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
}

async function readHistory(client: Queryable): Promise<HistoryRow[]> {
  // read as rows: to_regclass uses a cache that waiting for an advisory lock does not refresh
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_tables WHERE tablename = '_prisma_migrations' AND schemaname = current_schema()`,
  );
  if (!rowCount) return [];
  const { rows } = await client.query<HistoryRow>(
    `SELECT "migration_name", "checksum", "finished_at" IS NOT NULL AS "finished"
     FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL ORDER BY "migration_name"`,
  );
  return rows;
}

function checkApplied({ migration_name: name, checksum, finished }: HistoryRow, known: Map<string, Migration>): void {
  const migration = known.get(name);
  if (!migration) throw new DatabaseStartError(describeUnknown(name, [...known.keys()]));
  if (!finished) {
    throw new DatabaseStartError(
      `The migration ${name} was begun by another tool and did not finish; repair the database and see \`prisma migrate resolve\`.`,
    );
  }
  if (migration.checksum !== checksum) {
    throw new DatabaseStartError(
      `The migration ${migration.file} was changed after this database had applied it; restore the file, and put the change in a new migration.`,
    );
  }
}

function describeUnknown(name: string, known: readonly string[]): string {
  return known.every((other) => other < name)
    ? `The database is newer than this server: it has the migration ${name}, which this server does not know; run the newer server.`
    : `The database has the migration ${name}, which this server does not know; it belongs to another program or another branch.`;
}
