import type pg from "pg";
import { hasDatabase } from "./data-folder.js";
import type { PrismaClient } from "./generated/client.js";
import { applyMigrations, pendingMigrations } from "./migrate.js";
import { readMigrations } from "./migration-files.js";
import { openPglite } from "./pglite.js";
import { openPostgres } from "./postgres.js";
import type { StatementObserver } from "./statements.js";

export { DatabaseStartError } from "./start-error.js";

export interface Database {
  readonly kind: "postgres" | "pglite";
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** Shows every statement that is sent from now on. Returns what to call when it has been seen enough. */
  observe(observer: StatementObserver): () => void;
  /** Tells each payload notified on the channel, and `gap` after each (re)connect: some may have been missed before it. */
  listen(channel: string, on: Listening): Promise<{ stop(): Promise<void> }>;
  /** Rejects when the database does not answer in time. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Listening {
  notify(payload: string): void;
  gap(): void;
}

/** What PostgreSQL bounds, or the connection to it: the embedded database works in this very thread. */
interface StatementLimits {
  readonly statementTimeoutMs: number;
  readonly resultBytes: number;
}

export type DatabaseOptions = StatementLimits &
  (
    | { kind: "postgres"; url: string; listenUrl?: string; poolSize: number; prepared: boolean }
    | { kind: "pglite"; folder: string }
  );

export interface DatabaseLog {
  info(message: string): void;
  warn(message: string): void;
}

/** Opens the database, made and brought up to date if need be. */
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

/** What `openDatabase` would apply; changes nothing and makes no folder. */
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
  return options.kind === "postgres" ? openPostgres(options, log) : openPglite(options, log);
}
