import { setImmediate as afterTurn } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import pg from "pg";
import { errorMessage } from "../../util/error-text.js";
import type { DatabaseLog } from "./database.js";
import { sessionOptions } from "./session-settings.js";

/** Start parameters, so that whatever resets the session comes back to them. */
export function pgliteParams(statementTimeoutMs: number): string[] {
  // PostgreSQL's own 128 MB would all be held from the start, for a database of one laptop
  const memory = { shared_buffers: "32MB" };
  const settings = { application_name: "shelfmark", statement_timeout: String(statementTimeoutMs), ...memory };
  return [...PGlite.defaultStartParams, ...sessionOptions(settings)];
}

/** A pool over PGlite's one session. */
export function createPglitePool(pglite: PGlite, log: DatabaseLog): pg.Pool {
  const config = createPgConfig(pglite);
  // Prisma's result parsers come as `types`, which PGlite takes for the parameters' types
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
 * PGlite has one session for good: a statement that fails must not make the pool throw its client away. And it works in
 * this very thread, where one statement follows the other before the event loop gets on, for as long as any waits: each
 * user of the session lets it turn once, or nobody could connect meanwhile.
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
