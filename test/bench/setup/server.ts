import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PATIENT_LIMITS } from "../../support/patient-limits.js";
import { freePort } from "../../support/process/free-port.js";
import { mintTestToken, TEST_AUDIENCE, TEST_ISSUER, TEST_PUBLIC_KEY } from "../../support/token.js";
import { size } from "../size.js";

const MAIN = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
const METRICS_TOKEN = "bench-metrics-token";
const START_MS = 120_000;

/** The built server in a process of its own, as a team runs it: with a key, limits and log lines. */
export interface BenchServer {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  ask<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
  /** How many statements it has sent to the database. */
  countStatements(): Promise<number>;
  stop(): Promise<void>;
}

export async function startServer(env: Readonly<Record<string, string>>): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-bench-"));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const log = join(folder, "log");
  const child = spawn(process.execPath, [MAIN, "serve"], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      SHELFMARK_DATA: join(folder, "data"),
      SHELFMARK_JWT_PUBLIC_KEY: TEST_PUBLIC_KEY,
      SHELFMARK_JWT_ISSUER: TEST_ISSUER,
      SHELFMARK_JWT_AUDIENCE: TEST_AUDIENCE,
      SHELFMARK_METRICS_TOKEN: METRICS_TOKEN,
      // in the small size nothing is measured, and everything must run, however slow the machine is
      ...size<Readonly<Record<string, string>>>({}, PATIENT_LIMITS),
      ...env,
    },
    stdio: ["ignore", "ignore", openSync(log, "w")],
  });
  await ready(child, base, log);
  const url = `${base}/graphql`;
  const token = await mintTestToken();
  return {
    url,
    token,
    pid: child.pid ?? 0,
    ask: (query, variables) => postGraphQL(url, { query, variables }, { authorization: `Bearer ${token}` }),
    async countStatements() {
      const response = await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
      const counts = (await response.text()).matchAll(
        /^shelfmark_database_statement_duration_seconds_count\S* (\d+)$/gm,
      );
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("close", resolve));
      if (child.exitCode === null && child.kill()) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends a document, and returns its data. Throws on an error. */
export async function postGraphQL<T>(
  url: string,
  body: { readonly query: string; readonly variables?: Record<string, unknown> | undefined },
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function ready(child: ChildProcess, base: string, log: string): Promise<void> {
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(50)) {
    if (child.exitCode !== null) break;
    const response = await fetch(`${base}/readyz`).catch(() => null);
    if (response?.ok) return;
  }
  child.kill();
  throw new Error(`The server did not start: ${readFileSync(log, "utf8").slice(-2_000)}`);
}
