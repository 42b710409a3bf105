import pg from "pg";
import { errorCode, errorMessage } from "../../util/error-text.js";
import { createReads } from "../reads/create-reads.js";
import type { Database, DatabaseLog, DatabaseOptions } from "./database.js";
import { refuseLargeResults } from "./large-results.js";
import { ping } from "./ping.js";
import { listenOnPostgres } from "./postgres-listener.js";
import { type PostgresAddress, parsePostgresUrl } from "./postgres-url.js";
import { createPrismaClient } from "./prisma-client.js";
import { createRawReads } from "./raw-reads.js";
import { sessionOptions } from "./session-settings.js";
import { closeSilentConnections } from "./silent-connections.js";
import { DatabaseStartError } from "./start-error.js";
import { observeStatements } from "./statement-observer.js";

const FIRST_CONNECT_MS = 10_000;
const CONNECT_MS = 30_000;
const IDLE_MS = 5 * 60_000;

type PostgresOptions = Extract<DatabaseOptions, { kind: "postgres" }>;

/** Opens a pool on PostgreSQL. Every session is in UTC. */
export async function openPostgres(options: PostgresOptions, log: DatabaseLog): Promise<Database> {
  const address = parsePostgresUrl(options.url);
  const listening = options.listenUrl === undefined ? address : parsePostgresUrl(options.listenUrl);
  await tryConnect(address);
  const pool = new pg.Pool(poolConfig(address, options));
  pool.on("error", (error) => log.warn(`A connection to the database was lost: ${errorMessage(error)}`));
  // a user of the connection gets the error from the failing statement; an error without a listener would end the process
  pool.on("connect", (client) => client.on("error", () => {}));
  closeSilentConnections(pool, options.statementTimeoutMs, log);
  refuseLargeResults(pool, options.resultBytes);
  const { schema } = address;
  const prisma = createPrismaClient(pool, { prepared: options.prepared, ...(schema === undefined ? {} : { schema }) });
  return {
    kind: "postgres",
    prisma,
    pool,
    reads: createReads({ prisma, pool, schema, prepared: options.prepared }),
    rawReads: createRawReads(pool, options.prepared),
    observe: observeStatements(pool),
    listen: (channel, on) => listenOnPostgres(listening.config, { channel, on, log }),
    ping: () => ping(pool),
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

function poolConfig({ config }: PostgresAddress, options: PostgresOptions): pg.PoolConfig {
  const common: pg.PoolConfig = {
    ...config,
    max: options.poolSize,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
  };
  // A transaction pooler refuses start parameters that it does not know, but it does track TimeZone when it is SET.
  if (!options.prepared)
    return { ...common, onConnect: async (client) => void (await client.query("SET TimeZone = 'UTC'")) };
  return {
    ...common,
    options: [...sessionOptions(), config.options].filter(Boolean).join(" "),
    statement_timeout: options.statementTimeoutMs,
  };
}

/** Connects once, and creates the schema of the URL if it does not exist. Throws one sentence that says what is wrong. */
async function tryConnect({ config, schema, shown }: PostgresAddress): Promise<void> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: FIRST_CONNECT_MS });
  client.on("error", () => {});
  try {
    await client.connect();
    if (schema !== undefined) await ensureSchema(client, schema);
  } catch (error) {
    throw new DatabaseStartError(describeFailure(error, shown));
  } finally {
    await client.end().catch(() => {});
  }
}

async function ensureSchema(client: pg.Client, schema: string): Promise<void> {
  const { rowCount } = await client.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]);
  if (rowCount) return;
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${pg.escapeIdentifier(schema)}`);
  } catch (error) {
    // another process created it at the same time
    if (errorCode(error) !== "23505" && errorCode(error) !== "42P06") throw error;
  }
}

function describeFailure(error: unknown, shown: string): string {
  const message = errorMessage(error);
  switch (errorCode(error)) {
    case "ECONNREFUSED":
      return `Nothing answers at ${shown} (connection refused); start PostgreSQL there, or correct the database URL.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The database's host in ${shown} is not known (${message}); correct the database URL.`;
    case "28P01":
    case "28000":
      return `PostgreSQL at ${shown} refuses this user: ${message}.`;
    case "3D000":
      return `PostgreSQL at ${shown} has no such database: ${message}; create it first.`;
    default:
      return `The database at ${shown} cannot be used: ${message}.`;
  }
}
