import { AsyncResource } from "node:async_hooks";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { errorMessage } from "../../util/error-text.js";
import type { Database, DatabaseLog, DatabaseOptions, Listening } from "./database.js";
import { createPglitePool, pgliteParams } from "./pglite-pool.js";
import { ping } from "./ping.js";
import { createPrismaClient } from "./prisma-client.js";
import { DatabaseStartError } from "./start-error.js";
import { observeStatements } from "./statement-observer.js";

type PgliteOptions = Extract<DatabaseOptions, { kind: "pglite" }>;

/** Opens the embedded database in a folder that the caller holds; `release` gives the folder back when it is closed. */
export async function openPglite(
  { folder, statementTimeoutMs }: PgliteOptions,
  log: DatabaseLog,
  release: () => Promise<void>,
): Promise<Database> {
  return servePglite(await startPglite(folder, statementTimeoutMs), log, release);
}

async function startPglite(folder: string, statementTimeoutMs: number): Promise<PGlite> {
  try {
    return await PGlite.create({ dataDir: folder, startParams: pgliteParams(statementTimeoutMs) });
  } catch (error) {
    throw new DatabaseStartError(`The embedded database in ${folder} does not open: ${errorMessage(error)}.`);
  }
}

/** A database over a PGlite that runs already. */
export function servePglite(pglite: PGlite, log: DatabaseLog, release = async (): Promise<void> => {}): Database {
  const pool = createPglitePool(pglite, log);
  const prisma = createPrismaClient(pool, { prepared: true });
  return {
    kind: "pglite",
    prisma,
    pool,
    observe: observeStatements(pool),
    listen: (channel, on) => listenOnPglite(pglite, pool, { channel, on }),
    ping: () => ping(pool),
    async close() {
      await prisma.$disconnect();
      await pool.end();
      await pglite.close();
      await release();
    },
  };
}

async function listenOnPglite(
  pglite: PGlite,
  pool: pg.Pool,
  { channel, on }: { channel: string; on: Listening },
): Promise<{ stop(): Promise<void> }> {
  // PGlite tells within the statement that notifies: what is done about it is no part of that
  const notify = AsyncResource.bind((payload: string) => on.notify(payload));
  const unsubscribe = pglite.onNotification((name, payload) => {
    if (name === channel) notify(payload);
  });
  await pool.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
  on.gap();
  return {
    async stop() {
      unsubscribe();
    },
  };
}
