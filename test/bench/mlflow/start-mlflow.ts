import { spawn } from "node:child_process";
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../support/process/free-port.js";
import type { MlflowApi } from "./mlflow-api.js";

const START_MS = 300_000;
const WORKERS = "2";
const KEEP_ALIVE_SECONDS = 600;

export interface MlflowServer extends MlflowApi {
  readonly version: string;
  /** Of all its processes. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** MLflow's own server on a PostgreSQL database. `python` has mlflow and psycopg2. */
export async function startMlflow(python: string, databaseUrl: string): Promise<MlflowServer> {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-bench-mlflow-"));
  const log = join(folder, "log");
  const port = String(await freePort());
  const store = databaseUrl.replace(/^postgres:/, "postgresql+psycopg2:");
  const options = ["--host", "127.0.0.1", "--port", port, "--workers", WORKERS, "--backend-store-uri", store];
  // connections that are kept must not close while the others are measured
  options.push("--uvicorn-opts", `--timeout-keep-alive ${KEEP_ALIVE_SECONDS}`);
  const child = spawn(
    python,
    ["-m", "mlflow", "server", ...options, "--artifacts-destination", join(folder, "artifacts")],
    {
      cwd: folder,
      // a group of its own: its processes start others
      detached: true,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        MLFLOW_DISABLE_TELEMETRY: "true",
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
        GIT_PYTHON_REFRESH: "quiet",
      },
      stdio: ["ignore", openSync(log, "w"), openSync(log, "a")],
    },
  );
  const pid = child.pid ?? 0;
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async () => {
    if (child.exitCode === null) process.kill(-pid, "SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const base = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + START_MS; Date.now() < end && child.exitCode === null; await sleep(250)) {
    const response = await fetch(`${base}/version`).catch(() => null);
    if (!response?.ok) continue;
    const version = await response.text();
    return { base, token: "none", version, pids: groupOf(pid), stop };
  }
  const text = readFileSync(log, "utf8").slice(-2_000);
  await stop();
  throw new Error(`MLflow's server did not start: ${text}`);
}

/** The processes of a group (Linux). */
function groupOf(leader: number): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && groupIn(pid) === leader);
}

function groupIn(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[2]);
  } catch {
    // it has ended since it was listed
    return null;
  }
}
