import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { addressOf, createTestDatabase, dropTestDatabase } from "../../support/database/postgres-server.js";
import { type ServerProcess, startServerProcess } from "../../support/process/server-process.js";
import type { World } from "../block-run.js";
import { copyRepository, makeEnvironment } from "./environment.js";
import type { Endpoint } from "./execute-operation.js";
import { startIssuer } from "./issuer.js";
import { type Running, Shell } from "./shell.js";
import { EXAMPLE, StandIns } from "./stand-ins.js";

/** A block needs what this machine does not have. */
export class NotHereError extends Error {}

/** What the blocks of one document run in: a folder, a terminal, a server, and what they name as their world. */
export class DocumentWorld {
  readonly shell: Shell;
  readonly standIns: StandIns;
  folder: string;
  private readonly root: string;
  private readonly dataFolder: string;
  private readonly cleanUps: (() => unknown)[] = [];
  private server: ServerProcess | undefined;
  private hasServed = false;
  /** The greeting of a server that a block left running, in place of this world's own. */
  private greeting: string | undefined;

  static async open(): Promise<DocumentWorld> {
    return new DocumentWorld(await StandIns.create());
  }

  private constructor(standIns: StandIns) {
    this.standIns = standIns;
    this.root = mkdtempSync(join(tmpdir(), "shelfmark-docs-"));
    this.folder = join(this.root, "work");
    this.dataFolder = join(this.folder, ".shelfmark");
    mkdirSync(this.folder);
    this.shell = new Shell(join(this.root, "terminal"), this.folder, makeEnvironment(this.root, standIns.port));
  }

  /** Gives a block its world: without a name, a server in local mode on an embedded database; else what it names alone. */
  async prepare(world: World | undefined): Promise<void> {
    if (world === undefined) return this.startServer();
    if (this.greeting === undefined) await this.stopServer();
    if (world === "checkout") this.checkOut();
    if (world === "issuer") await this.startIssuer();
    if (world === "postgres") await this.makeDatabase();
  }

  /** Keeps what a block left running, until the end of the document. */
  keep(running: Running): void {
    this.cleanUps.push(() => running.stop());
    const greeting = running.printed().out;
    if (greeting.includes("Shelfmark is ready at ")) this.greeting = greeting;
  }

  /** Where the operations of the document go. */
  endpoint(): Endpoint {
    const token = this.server?.token ?? /^eyJ[\w.-]+$/m.exec(this.greeting ?? "")?.[0];
    if (token === undefined) throw new Error("This server printed no token: use shelfmark query.");
    return { url: `http://127.0.0.1:${this.standIns.port}/graphql`, token };
  }

  async stopServer(): Promise<void> {
    if (this.greeting !== undefined) throw new Error("A block started this server; let a block stop it.");
    await this.server?.kill("SIGTERM");
    this.server = undefined;
  }

  async close(): Promise<void> {
    for (const cleanUp of this.cleanUps.reverse()) await cleanUp();
    await this.stopServer().catch(() => undefined);
    rmSync(this.root, { recursive: true, force: true });
  }

  private async startServer(): Promise<void> {
    if (this.server || this.greeting !== undefined) return;
    if (!this.hasServed) cpSync(inject("migratedDatabase"), join(this.dataFolder, "database"), { recursive: true });
    const env = { SHELFMARK_DATA: this.dataFolder, PORT: String(this.standIns.port) };
    this.server = await startServerProcess(env);
    if (!this.hasServed) this.shell.export({ SHELFMARK_TOKEN: this.server.token });
    this.hasServed = true;
  }

  private checkOut(): void {
    this.folder = join(this.root, "shelfmark");
    copyRepository(this.folder);
    this.shell.changeFolder(this.folder);
  }

  private async startIssuer(): Promise<void> {
    const issuer = await startIssuer();
    this.cleanUps.push(() => issuer.stop());
    this.standIns.set(EXAMPLE.issuer, issuer.url);
  }

  private async makeDatabase(): Promise<void> {
    process.env.TEST_DATABASE_URL ||= inject("postgresUrl");
    if (!process.env.TEST_DATABASE_URL) throw new NotHereError("no PostgreSQL: set TEST_DATABASE_URL");
    const database = await createTestDatabase();
    this.cleanUps.push(() => dropTestDatabase(database));
    this.standIns.set(EXAMPLE.database, addressOf(database));
  }
}
