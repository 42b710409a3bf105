import { setImmediate as afterTurn } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import pg from "pg";
import { errorMessage } from "../../util/error-text.js";
import type { DatabaseLog } from "./database.js";
import { sessionOptions } from "./session-settings.js";

/** Settings as start parameters, so that a reset of the session does not lose them. */
export function pgliteParams(statementTimeoutMs: number): string[] {
  const settings = {
    application_name: "shelfmark",
    statement_timeout: String(statementTimeoutMs),
    // PostgreSQL's default of 128 MB is allocated at the start, which is much for a database on a laptop
    shared_buffers: "32MB",
  };
  return [...PGlite.defaultStartParams, ...sessionOptions(settings)];
}

/** A pool over the only session of PGlite. */
export function createPglitePool(pglite: PGlite, log: DatabaseLog): pg.Pool {
  const config = createPgConfig(pglite);
  // Prisma passes its result parsers as `types`, which PGlite takes for the types of parameters
  const parse = config.connection.parse.bind(config.connection);
  config.connection.parse = (statement) => parse({ ...statement, types: undefined });
  const pool = new SessionPool({
    ...config,
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 30_000,
  });
  pool.on("error", (error) => log.warn(`The embedded database failed: ${errorMessage(error)}`));
  return pool;
}

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void;

/**
 * PGlite has one session for its whole life, so the pool must not discard its client after a failed statement. PGlite also
 * runs in the thread of the process and takes one waiting statement after the other without a turn of the event loop. Each
 * user of the session therefore waits for one turn; otherwise the server could not even accept connections meanwhile.
 */
class SessionPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    if (!callback) return super.connect().then((client) => afterTurn(keep(client)));
    super.connect((error, client, done) => setImmediate(() => callback(error, client && keep(client), done)));
  }
}

function keep(client: pg.PoolClient): pg.PoolClient {
  const release = client.release;
  client.release = () => release();
  return client;
}
