import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { LogRow } from "../oracle/record.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "../support/database/postgres-server.js";
import { killServerProcesses, type ServerProcess, startServerProcess } from "../support/process/server-process.js";

const COLUMNS = `"revision"::int, "type", "modelName", "versionNumber", "fromStage", "toStage", "alias", "commitId", "commitSize", "commitIndex"`;
/** The codes that a random command may be refused with. Any other code is a fault. */
const REFUSALS = new Set(["NOT_FOUND", "CONFLICT", "INVALID_INPUT", "UNAVAILABLE", "TIMEOUT"]);

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Servers on one database that can be killed. With TEST_DATABASE_URL two servers on their own PostgreSQL database, whose
 * log can be compacted and whose notifications can be cut; without it one server on an embedded database.
 */
export class Cluster {
  readonly description: string;
  kills = 0;
  cuts = 0;
  /** The number of acknowledged writes. */
  writes = 0;
  /** The acknowledged versions, by model name and number. */
  private readonly created = new Set<string>();
  private readonly servers: (ServerProcess | null)[] = [];
  private readonly compacted: LogRow[] = [];
  private readonly env: Readonly<Record<string, string>>;
  private readonly release: () => Promise<void>;
  private readonly pool: pg.Pool | null;

  private constructor(folder: string, database: string | null) {
    const url = database === null ? null : addressOf(database);
    this.description = url ? "two servers on PostgreSQL" : "an embedded server";
    this.pool = url ? new pg.Pool({ connectionString: url }) : null;
    this.env = {
      SHELFMARK_DATA: join(folder, "data"),
      LOG_LEVEL: "error",
      SHELFMARK_LIMIT_ADDRESS_REQUESTS: "1000000",
      ...(url ? { DATABASE_URL: url } : {}),
    };
    this.release = async () => {
      await this.pool?.end();
      if (database !== null) await dropTestDatabase(database);
      rmSync(folder, { recursive: true, force: true });
    };
  }

  static async start(): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), "shelfmark-soak-"));
    const cluster = new Cluster(folder, process.env.TEST_DATABASE_URL ? await createTestDatabase() : null);
    const count = cluster.pool ? 2 : 1;
    // one after the other: the first creates the tables
    for (let i = 0; i < count; i++) cluster.servers.push(await startServerProcess(cluster.env));
    return cluster;
  }

  async stop(): Promise<void> {
    await killServerProcesses();
    await this.release();
  }

  /** A random running server. */
  async living(): Promise<ServerProcess> {
    for (;;) {
      const alive = this.servers.filter((server) => server !== null);
      const server = alive[Math.floor(Math.random() * alive.length)];
      if (server) return server;
      await sleep(20);
    }
  }

  /** Kills a random server, and starts another one in its place. */
  async kill(): Promise<void> {
    const server = await this.living();
    const which = this.servers.indexOf(server);
    this.servers[which] = null;
    await server.kill("SIGKILL");
    this.kills++;
    this.servers[which] = await startServerProcess(this.env);
  }

  /** Sends a mutation to a random server, which may be killed before it answers. */
  async write(mutation: string): Promise<void> {
    const server = await this.living();
    const answer = await server.request(`mutation { ${mutation} }`).catch(() => null);
    const code = answer?.errors?.[0]?.extensions.code;
    if (code !== undefined && !REFUSALS.has(code)) throw new Error(`A write was refused: ${code}`);
    if (!answer || code !== undefined) return;
    this.writes++;
    const created = answer.data.createModelVersion?.modelVersion;
    if (created) this.created.add(`${created.model.name} ${created.number}`);
  }

  async readHead(): Promise<{ cursor: string; revision: number }> {
    for (;;) {
      const server = await this.living();
      const answer = await server.request("{ head { cursor revision } }").catch(() => null);
      if (answer?.data) return { cursor: answer.data.head.cursor, revision: Number(answer.data.head.revision) };
      await sleep(20);
    }
  }

  /** Compacts the log to so many events, on PostgreSQL. */
  async compact(kept: number): Promise<void> {
    if (!this.pool) return;
    const rows = await this.readLog(this.pool);
    const goal = (rows.at(-1)?.revision ?? 0) - kept;
    const answer = await this.pool.query("SELECT compact_events($1)::int AS gone", [goal]);
    this.compacted.push(...rows.slice(0, answer.rows[0].gone));
  }

  /** Cuts the connections for notifications, so that events are found by polling. */
  async cut(): Promise<void> {
    const answer = await this.pool?.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`,
    );
    this.cuts += answer?.rowCount ?? 0;
  }

  /** All events, also compacted ones, read independently of the streams. */
  async readTable(): Promise<LogRow[]> {
    return this.pool ? [...this.compacted, ...(await this.readLog(this.pool))] : this.queryLog();
  }

  /** The acknowledged versions that are not in the table. */
  findForgotten(table: readonly LogRow[]): string[] {
    const rows = table.filter(({ type }) => type === "model_version.created");
    const existing = new Set(rows.map(({ modelName, versionNumber }) => `${modelName} ${versionNumber}`));
    return [...this.created].filter((each) => !existing.has(each)).map((each) => `acknowledged: ${each} is missing`);
  }

  private async readLog(pool: pg.Pool): Promise<LogRow[]> {
    return (await pool.query<LogRow>(`SELECT ${COLUMNS} FROM "Event" ORDER BY "revision"`)).rows;
  }

  private async queryLog(): Promise<LogRow[]> {
    const server = await this.living();
    const rows: LogRow[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { audit, events } = await server.data(
        `query ($after: String) {
        audit(first: 200, after: $after) { pageInfo { hasNextPage endCursor } nodes { revision type modelName versionNumber commitId } }
        events(first: 200, after: $after) { nodes { commit { size index } ... on StageChangedEvent { from to } ... on AliasChangedEvent { alias } } } }`,
        { after },
      );
      for (const [i, { type, ...node }] of audit.nodes.entries()) {
        const { commit, from = null, to = null, alias = null } = events.nodes[i];
        rows.push({
          ...node,
          type: type.toLowerCase().replace(/^(model_version|model|alias)_/, "$1."),
          fromStage: from,
          toStage: to,
          alias,
          commitSize: commit.size,
          commitIndex: commit.index,
        });
      }
      more = audit.pageInfo.hasNextPage;
      after = audit.pageInfo.endCursor;
    }
    return rows;
  }
}
