import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "graphql-ws";
import { inject } from "vitest";
import WebSocket from "ws";
import { TEST_DATABASE_KIND } from "./database.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "./postgres-server.js";
import type { GraphQLAnswer } from "./server.js";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const running = new Set<ChildProcess>();

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A process of `shelfmark`, with nothing of the tests' own environment but PATH. */
export interface CommandProcess {
  readonly pid: number;
  out(): string;
  err(): string;
  kill(signal: NodeJS.Signals): Promise<Exit>;
  readonly ended: Promise<Exit>;
}

export interface ServerProcess extends CommandProcess {
  /** The endpoint that it greeted with, http://127.0.0.1:…/graphql. */
  readonly url: string;
  readonly token: string;
  readonly readyMs: number;
  /** One operation, with the token that it printed. */
  request(document: string, variables?: Record<string, unknown>): Promise<GraphQLAnswer>;
  /** The same, and its data; throws if there is any error. */
  data(document: string, variables?: Record<string, unknown>): Promise<GraphQLAnswer["data"]>;
  /** A subscription over graphql-ws; it ends with `return()`. */
  watch(document: string, variables?: Record<string, unknown>): AsyncIterableIterator<GraphQLAnswer>;
}

/** What a server keeps between two starts: a data folder, and a database of its own when the suite runs on PostgreSQL. */
export interface Home {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The PostgreSQL database; "" on PGlite. */
  readonly database: string;
  remove(): Promise<void>;
}

/** A home as after an earlier start (`migrated`), or one that no server has seen (`fresh`). */
export async function makeHome(state: "fresh" | "migrated"): Promise<Home> {
  const root = mkdtempSync(join(tmpdir(), "shelfmark-process-"));
  const folder = join(root, "data");
  const isMigrated = state === "migrated";
  const isPostgres = TEST_DATABASE_KIND === "postgres";
  const database = isPostgres ? await createTestDatabase(isMigrated ? inject("templateDatabase") : undefined) : "";
  if (isMigrated && !isPostgres) extractImage(join(folder, "database"));
  return {
    folder,
    database,
    env: { SHELFMARK_DATA: folder, ...(isPostgres ? { DATABASE_URL: addressOf(database) } : {}) },
    async remove() {
      if (isPostgres) await dropTestDatabase(database);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function extractImage(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  execFileSync("tar", ["-xf", inject("pgliteImages").migrated, "-C", folder, "--no-same-owner"], {
    // a word on leading slashes
    stdio: "ignore",
  });
}

export function spawnShelfmark(args: readonly string[], env: Readonly<Record<string, string>> = {}): CommandProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ended = new Promise<Exit>((resolve) => {
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal, out, err });
    });
  });
  return {
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    ended,
    kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a command to its end. */
export function runShelfmark(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Exit> {
  return spawnShelfmark(args, env).ended;
}

/** Starts a server in local mode on any free port and waits for its greeting. */
export async function startServerProcess(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const started = performance.now();
  const server = spawnShelfmark(["serve"], { PORT: "0", ...env });
  const [url, token] = await greeting(server);
  const readyMs = Math.round(performance.now() - started);
  const request = (document: string, variables: Record<string, unknown> = {}) =>
    postGraphQL(url, token, { query: document, variables });
  return {
    ...{ ...server, url, token, readyMs, request },
    async data(document, variables) {
      const answer = await request(document, variables);
      if (answer.errors) throw new Error(JSON.stringify(answer.errors));
      return answer.data;
    },
    watch(document, variables = {}) {
      const client = createClient({
        url: url.replace(/^http/, "ws"),
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 0,
      });
      return client.iterate({ query: document, variables }) as AsyncIterableIterator<GraphQLAnswer>;
    },
  };
}

export async function postGraphQL(url: string, token: string, body: object): Promise<GraphQLAnswer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as GraphQLAnswer;
}

async function greeting(server: CommandProcess): Promise<[url: string, token: string]> {
  let exit: Exit | undefined;
  void server.ended.then((ended) => {
    exit = ended;
  });
  for (;;) {
    const [, url, token] = /ready at (\S+)\n.*\n(eyJ[\w.-]+)\n.*\ncurl [^\n]+\n/s.exec(server.out()) ?? [];
    if (url && token) return [url, token];
    if (exit) throw new Error(`The server ended (${exit.code ?? exit.signal}) before it was ready: ${exit.err}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The memory that a process holds, in MB (Linux). */
export function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

/** Ends what a test left running. */
export async function killServerProcesses(): Promise<void> {
  await Promise.all(
    [...running].map((child) => {
      const closed = new Promise((resolve) => child.on("close", resolve));
      child.kill("SIGKILL");
      return closed;
    }),
  );
}
