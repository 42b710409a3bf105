import { size } from "../size.js";
import { type Fields, type MlflowApi, post } from "./mlflow-api.js";

export const MODELS = size(100, 8);
export const BIG_MODEL_VERSIONS = size(101, 5);
export const RUNS = size(100, 8);
export const HISTORY = size(9_000, 50);
const BATCH = 1_000;
const WRITERS = 4;
export const TIME = 1_760_000_000_000;

/** What is in both servers, and the names that each of them gave. */
export interface Filled {
  readonly experiment: string;
  readonly runs: readonly string[];
  /** The run whose metric `loss` has HISTORY values. */
  readonly longRun: string;
}

export const modelName = (i: number) => `model-${String(i).padStart(3, "0")}`;
const keys = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** Fills a server through its API, so that both hold the same. */
export async function fillMlflow(api: MlflowApi): Promise<Filled> {
  const { experiment_id: experiment } = await post<{ experiment_id: string }>(api, "/experiments/create", {
    name: "bench",
  });
  await inParallel(MODELS, (i) => createModel(api, modelName(i), 2));
  await createModel(api, "big", BIG_MODEL_VERSIONS);
  const runs = await inParallel(RUNS, (i) => createRun(api, experiment, i));
  const longRun = await createRun(api, experiment, RUNS);
  await logHistory(api, longRun);
  return { experiment, runs, longRun };
}

async function createModel(api: MlflowApi, name: string, versions: number): Promise<void> {
  const tags = [
    { key: "owner", value: "team" },
    { key: "task", value: "bench" },
  ];
  await post(api, "/registered-models/create", { name, description: `Predicts what ${name} is asked.`, tags });
  for (let number = 1; number <= versions; number++) {
    await post(api, "/model-versions/create", { name, source: `s3://models/${name}/${number}`, tags });
  }
  await post(api, "/registered-models/alias", { name, alias: "champion", version: "1" });
}

async function createRun(api: MlflowApi, experiment_id: string, i: number): Promise<string> {
  const made = await post<{ run: { info: { run_id: string } } }>(api, "/runs/create", {
    experiment_id,
    run_name: `run-${i}`,
    start_time: TIME + i,
  });
  const { run_id } = made.run.info;
  const metrics = keys(10, "metric-").map((key, at) => ({ key, value: at + i / 7, step: 1, timestamp: TIME }));
  const params = keys(10, "param-").map((key, at) => ({ key, value: String(at * i) }));
  const tags = keys(5, "tag-").map((key) => ({ key, value: `value ${i}` }));
  await post(api, "/runs/log-batch", { run_id, metrics, params, tags });
  return run_id;
}

async function logHistory(api: MlflowApi, run_id: string): Promise<void> {
  for (let from = 0; from < HISTORY; from += BATCH) {
    const length = Math.min(BATCH, HISTORY - from);
    const metrics = Array.from({ length }, (_, at): Fields => {
      const step = from + at;
      return { key: "loss", value: 1 / (step + 1), step, timestamp: TIME + step };
    });
    await post(api, "/runs/log-batch", { run_id, metrics });
  }
}

async function inParallel<T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const results = new Array<T>(count);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await work(i);
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
  return results;
}
