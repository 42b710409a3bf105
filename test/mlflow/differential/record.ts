import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runPython } from "../setup/client-python.js";
import { createNormalizer, type Recorded } from "./normalize.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const PROGRAMS = `${here}programs/`;

export interface Recording {
  /** The client's version. */
  readonly client: string;
  readonly steps: readonly Recorded[];
}

/** Runs every program with the client of a Python against a server. */
export async function record(python: string, url: string, token?: string): Promise<Recording> {
  const files = readdirSync(PROGRAMS).filter((file) => file.endsWith(".py"));
  const paths = files.sort().map((file) => PROGRAMS + file);
  const env = { MLFLOW_TRACKING_URI: url, ...(token ? { MLFLOW_TRACKING_TOKEN: token } : {}) };
  const lines = (await runPython(python, [`${here}record.py`, ...paths], env)).split("\n");
  const parsed: unknown[] = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const { client } = parsed.pop() as { client: string };
  return { client, steps: (parsed as Recorded[]).map(createNormalizer(url, Date.now())) };
}
