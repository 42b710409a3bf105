import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import type { GraphQLAnswer } from "../server.js";

const MAIN = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
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
