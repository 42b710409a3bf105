import { AsyncResource } from "node:async_hooks";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { errorMessage } from "../../util/error-text.js";
import { keepStatistics } from "../plans/embedded-statistics.js";
import { createReads } from "../reads/create-reads.js";
import type { Database, DatabaseLog, DatabaseOptions, Listener } from "./database.js";
import { createPglitePool, pgliteParams } from "./pglite-pool.js";
import { ping } from "./ping.js";
import { createPrismaClient } from "./prisma-client.js";
import { createRawReads } from "./raw-reads.js";
import { DatabaseStartError } from "./start-error.js";
import { observeStatements } from "./statement-observer.js";

type PgliteOptions = Extract<DatabaseOptions, { kind: "pglite" }>;

/** Opens the embedded database in a folder that the caller has locked. `release` is called when the database is closed. */
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
    throw new DatabaseStartError(`The embedded database in ${folder} cannot be opened: ${errorMessage(error)}.`);
  }
}

/** A database over a PGlite that is already running. */
export function servePglite(pglite: PGlite, log: DatabaseLog, release = async (): Promise<void> => {}): Database {
  const pool = createPglitePool(pglite, log);
  const prisma = createPrismaClient(pool, { prepared: true });
  const stopStatistics = keepStatistics(pool, (error) =>
    log.warn(`The statistics of the embedded database could not be read, will try again: ${error.message}`),
  );
  return {
    kind: "pglite",
    prisma,
    pool,
    reads: createReads({ prisma, pool, prepared: true }),
    rawReads: createRawReads(pool, true),
    observe: observeStatements(pool),
    listen: (channel, on) => listenOnPglite(pglite, pool, { channel, on }),
    ping: () => ping(pool),
    async close() {
      await stopStatistics();
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
  { channel, on }: { channel: string; on: Listener },
): Promise<{ stop(): Promise<void> }> {
  // PGlite calls this within the statement that notifies, whose async context the listener must not inherit
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
