import pg from "pg";
import { applyMigrations } from "../../../src/store/migrations/apply-migrations.js";
import { type PostgresCluster, startPostgres } from "../../support/database/postgres-cluster.js";
import { findOrInstallPostgres } from "./find-or-install-postgres.js";

/** All else is as PostgreSQL comes: a commit is on disk before it is answered (fsync and synchronous_commit are on). */
const SETTINGS = ["max_connections=200"];

export interface BenchDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
}

/** The databases of a run, each filled once and dropped at the end. */
export class Databases {
  readonly description: string;
  private readonly serverUrl: string;
  private readonly cluster: PostgresCluster | null;
  private isClosing = false;
  private readonly made = new Map<string, Promise<BenchDatabase>>();

  private constructor(serverUrl: string, cluster: PostgresCluster | null, description: string) {
    this.serverUrl = serverUrl;
    this.cluster = cluster;
    this.description = description;
  }

  /** On the server of BENCH_DATABASE_URL, whose user may create databases, or on one of its own. */
  static async open(): Promise<Databases> {
    const given = process.env.BENCH_DATABASE_URL;
    const cluster = given ? null : await startPostgres(findOrInstallPostgres(), SETTINGS);
    const url = given || (cluster?.url ?? "");
    try {
      return new Databases(url, cluster, await describe(url));
    } catch (error) {
      cluster?.stop();
      throw error;
    }
  }

  /** The database of a name, with our tables; it is made and filled when it is asked for the first time. */
  named(name: string, fill: (pool: pg.Pool) => Promise<void>): Promise<BenchDatabase> {
    return this.once(name, async (pool) => {
      await applyMigrations(pool);
      await fill(pool);
    });
  }

  /** An empty database, for another server. */
  empty(name: string): Promise<BenchDatabase> {
    return this.once(name, async () => {});
  }

  private once(name: string, fill: (pool: pg.Pool) => Promise<void>): Promise<BenchDatabase> {
    const known = this.made.get(name);
    if (known) return known;
    const made = this.make(name, fill);
    this.made.set(name, made);
    return made;
  }

  /** Also while a database is being filled: then what fills it fails. */
  async close(): Promise<void> {
    this.isClosing = true;
    if (this.cluster) this.cluster.stop();
    else for (const name of this.made.keys()) await this.drop(name);
    for (const made of await Promise.allSettled(this.made.values())) {
      if (made.status === "fulfilled") await made.value.pool.end();
    }
  }

  private drop(name: string): Promise<void> {
    return this.administer(`DROP DATABASE IF EXISTS ${databaseName(name)} WITH (FORCE)`);
  }

  private async make(name: string, fill: (pool: pg.Pool) => Promise<void>): Promise<BenchDatabase> {
    await this.administer(`CREATE DATABASE ${databaseName(name)}`);
    const url = new URL(this.serverUrl);
    url.pathname = `/${databaseName(name)}`;
    const pool = new pg.Pool({ connectionString: url.href, max: 2 });
    pool.on("error", (error) => {
      if (!this.isClosing) throw error;
    });
    await fill(pool);
    return { url: url.href, pool };
  }

  private async administer(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.serverUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  }
}

const databaseName = (name: string) => `shelfmark_bench_${process.pid}_${name}`;

async function describe(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const setting = async (name: string) => `${name}=${(await client.query(`SHOW ${name}`)).rows[0][name]}`;
  const names = ["server_version", "fsync", "synchronous_commit", "shared_buffers", "max_connections"];
  const settings: string[] = [];
  for (const name of names) settings.push(await setting(name));
  await client.end();
  return `PostgreSQL ${settings.join(" ")}`;
}
