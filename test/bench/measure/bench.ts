import type pg from "pg";
import { fillSkewedRegistry } from "../../support/database/skewed-registry.js";
import { LoadClient } from "../load/load-client.js";
import type { Options } from "../options.js";
import { startPostgraphile } from "../peers/postgraphile.js";
import { Databases } from "../setup/databases.js";
import { fillGraph } from "../setup/graph.js";
import { type Limit, startLimit } from "../setup/limit.js";
import { fillRegistry } from "../setup/registry.js";
import { type BenchServer, startServer } from "../setup/server.js";
import { size } from "../size.js";
import type { Peer } from "./beside-limit.js";

const REGISTRY = { models: size(1_000, 200), versionsEach: 10 };

/** What each database holds. */
const FILLS = {
  registry: (pool: pg.Pool) => fillRegistry(pool, REGISTRY),
  skewed: (pool: pg.Pool) => fillSkewedRegistry(pool, { models: size(20_000, 200), versions: size(1_000_000, 10_000) }),
  graph: fillGraph,
};

/** A server and the limit on one database. */
export interface World {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly server: BenchServer;
  readonly limit: Limit;
}

/** What a run has open. */
export class Bench {
  readonly options: Options;
  readonly databases: Databases;
  readonly client = new LoadClient();
  readonly registrySize = REGISTRY;
  private readonly processes: { stop(): Promise<void> }[] = [];
  private startedPeers: Promise<Peer[]> | undefined;
  private closing: Promise<void> | undefined;
  private readonly worlds = new Map<string, Promise<World>>();

  private constructor(options: Options, databases: Databases) {
    this.options = options;
    this.databases = databases;
  }

  static async open(options: Options): Promise<Bench> {
    return new Bench(options, await Databases.open());
  }

  world(name: keyof typeof FILLS): Promise<World> {
    return this.worldOf(name, FILLS[name]);
  }

  /** The processes on a database of that name; both are made when they are asked for the first time. */
  worldOf(name: string, fill: (pool: pg.Pool) => Promise<void>): Promise<World> {
    const known = this.worlds.get(name);
    if (known) return known;
    const world = this.startWorld(name, fill);
    this.worlds.set(name, world);
    return world;
  }

  /** The peers that can run here, on the database "registry", if they are asked for. */
  peers(): Promise<Peer[]> {
    this.startedPeers ??= this.startPeers();
    return this.startedPeers;
  }

  /** Stops it when the bench is closed. */
  keep(process: { stop(): Promise<void> }): void {
    this.processes.push(process);
  }

  /** Also at a signal, while a scenario runs. */
  close(): Promise<void> {
    this.closing ??= this.stop();
    return this.closing;
  }

  private async stop(): Promise<void> {
    this.client.close();
    await this.stopAll();
    await this.databases.close();
    // what was being started when a signal came
    await Promise.allSettled(this.worlds.values());
    await this.stopAll();
  }

  private async stopAll(): Promise<void> {
    await Promise.all(this.processes.splice(0).map((each) => each.stop()));
  }

  private async startPeers(): Promise<Peer[]> {
    if (!this.options.peers) return [];
    const peer = await startPostgraphile(await this.world("registry"));
    const peers = peer ? [peer] : [];
    this.processes.push(...peers);
    return peers;
  }

  private async startWorld(name: string, fill: (pool: pg.Pool) => Promise<void>): Promise<World> {
    const { url, pool } = await this.databases.named(name, fill);
    const [server, limit] = await Promise.all([startServer({ DATABASE_URL: url }), startLimit({ DATABASE_URL: url })]);
    this.processes.push(server, limit);
    return { pool, databaseUrl: url, server, limit };
  }
}
