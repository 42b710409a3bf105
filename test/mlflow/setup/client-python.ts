import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

function find(variable: string, venv: string): string | undefined {
  const made = fileURLToPath(new URL(`${venv}/bin/python`, import.meta.url));
  return process.env[variable] ?? (existsSync(made) ? made : undefined);
}

/** The Python that has MLflow 3.17.2, as setup.mjs makes it or MLFLOW_PYTHON names it. */
export const mlflow3 = find("MLFLOW_PYTHON", ".venv-3");
/** The same for 2.22.5. */
export const mlflow2 = find("MLFLOW2_PYTHON", ".venv-2");

/** The name of a group of tests that says why it is skipped. */
export function titled(title: string, python: string | undefined): string {
  return python ? title : `${title}: skipped, no Python has MLflow's client (npm run test:mlflow installs it)`;
}

/** Importing scikit-learn and pandas takes a minute on a busy machine. */
export const LONG_MS = 600_000;

export interface Ended {
  readonly program: string;
  /** `ok`, or what it raised. */
  readonly ended: string;
}

/** Runs programs of test/mlflow/pipelines/programs in one process, because each start of MLflow takes long. */
export async function runPrograms(
  python: string | undefined,
  names: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended[]> {
  const folder = fileURLToPath(new URL("../pipelines/", import.meta.url));
  const out = await runPython(python, [`${folder}run.py`, ...names.map((name) => `${folder}programs/${name}.py`)], env);
  return out
    .split("\n")
    .filter((line) => line.startsWith('{"program"'))
    .map((line) => JSON.parse(line));
}

/** Runs Python with nothing of the tests' own environment but PATH and HOME. Throws with what it printed. */
export async function runPython(
  python: string | undefined,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  if (!python) throw new Error("No Python has MLflow's client: npm run test:mlflow installs it");
  const { stdout } = await run(python, ["-W", "ignore", ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1",
      MLFLOW_DISABLE_TELEMETRY: "true",
      GIT_PYTHON_REFRESH: "quiet",
      PYTHONIOENCODING: "utf-8",
      ...env,
    },
    timeout: LONG_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
