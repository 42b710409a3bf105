import { isDeepStrictEqual } from "node:util";
import { size } from "../size.js";
import { BIG_MODEL_VERSIONS, type Filled, HISTORY, MODELS, modelName, RUNS, TIME } from "./fill-mlflow.js";
import type { Fields, MlflowRequest } from "./mlflow-api.js";

/** One call of MLflow's REST API, measured on both servers. */
export interface Call {
  readonly name: string;
  /** How many times as fast as MLflow's server ours is to be. */
  readonly goal: number;
  requests(filled: Filled): readonly MlflowRequest[];
  /** Of a read: throws, or returns false, unless the answer is what was asked for. */
  isRight?(answer: string, request: MlflowRequest): boolean;
  /** Of a write: a regular expression for its answer. */
  readonly pattern?: string;
  /** Of a write: how many rows each request adds to which table. */
  readonly adds?: { readonly ours: string; readonly mlflows: string; readonly rows: number };
}

const READ = 10;
const WRITE = 3;
const LOG_BATCH = 5;
const MEGABYTE = "m".repeat(size(1_048_576, 10_000));

const ofModels = <T>(make: (name: string, i: number) => T) =>
  Array.from({ length: MODELS }, (_, i) => make(modelName(i), i));
const get = (path: string, query: Readonly<Record<string, string>>): MlflowRequest => ({ method: "GET", path, query });
const post = (path: string, body: Fields): MlflowRequest => ({ method: "POST", path, body });
const answers = (member: string) => `\\{\\s*"${member}":[^]*\\}`;
const NOTHING = "\\{\\}";

interface Answer {
  readonly registered_model: { readonly name: string; readonly latest_versions: readonly Fields[] };
  readonly model_version: Fields;
  readonly model_versions: readonly Fields[];
  readonly registered_models: readonly Fields[];
  readonly experiment: Fields;
  readonly run: { readonly info: Fields; readonly data: { readonly metrics: unknown[]; readonly params: unknown[] } };
  readonly runs: readonly { readonly data: { readonly metrics: unknown[]; readonly params: unknown[] } }[];
  readonly metrics: readonly { readonly step: number; readonly value: number }[];
}

/** What a read answers, as fields. */
const shows = (test: (answer: Answer, query: Readonly<Record<string, string>>) => boolean) =>
  function isRight(text: string, { query = {} }: MlflowRequest): boolean {
    return test(JSON.parse(text) as Answer, query);
  };

const READS: readonly Call[] = [
  {
    name: "registered-models/get",
    goal: READ,
    requests: () => ofModels((name) => get("/mlflow/registered-models/get", { name })),
    isRight: shows(
      ({ registered_model: model }, { name }) => model.name === name && model.latest_versions[0]?.version === "2",
    ),
  },
  {
    name: "registered-models/alias",
    goal: READ,
    requests: () => ofModels((name) => get("/mlflow/registered-models/alias", { name, alias: "champion" })),
    isRight: shows(({ model_version: { name, version, aliases } }, query) =>
      isDeepStrictEqual([name, version, aliases], [query.name, "1", ["champion"]]),
    ),
  },
  {
    name: "registered-models/search, a page of 100",
    goal: READ,
    requests: () => [get("/mlflow/registered-models/search", { max_results: String(MODELS) })],
    isRight: shows(({ registered_models: models }) => models.length === MODELS),
  },
  {
    name: "model-versions/get",
    goal: READ,
    requests: () => ofModels((name) => get("/mlflow/model-versions/get", { name, version: "2" })),
    isRight: shows(({ model_version: { name, version } }, query) => name === query.name && version === "2"),
  },
  {
    name: "model-versions/search, 101 of one model",
    goal: READ,
    requests: () => [get("/mlflow/model-versions/search", { filter: "name = 'big'" })],
    isRight: shows(({ model_versions: versions }) => versions.length === BIG_MODEL_VERSIONS),
  },
  {
    name: "experiments/get",
    goal: READ,
    requests: ({ experiment }) => [get("/mlflow/experiments/get", { experiment_id: experiment })],
    isRight: shows(({ experiment }) => experiment.name === "bench"),
  },
  {
    name: "runs/get, 10 metrics, 10 params",
    goal: READ,
    requests: ({ runs }) => runs.map((run_id) => get("/mlflow/runs/get", { run_id })),
    isRight: shows(
      ({ run: { info, data } }, { run_id }) =>
        info.run_id === run_id && data.metrics.length === 10 && data.params.length === 10,
    ),
  },
  {
    name: "runs/search, 100 runs",
    goal: READ,
    requests: ({ experiment }) => [
      post("/mlflow/runs/search", {
        experiment_ids: [experiment],
        max_results: RUNS,
        filter: "params.`param-0` = '0'",
      }),
    ],
    isRight: shows(({ runs }) => runs.length === RUNS && runs.every(({ data }) => data.metrics.length >= 10)),
  },
  {
    name: "metrics/get-history, 9 000 values",
    goal: READ,
    requests: ({ longRun }) => [get("/mlflow/metrics/get-history", { run_id: longRun, metric_key: "loss" })],
    isRight: shows(
      ({ metrics }) => metrics.length === HISTORY && metrics.every(({ step, value }) => value === 1 / (step + 1)),
    ),
  },
];

/** Values whose steps no other request has. Their keys are those of the call. */
function batch(run_id: string, prefix: string, count: number): Fields {
  const metrics = Array.from({ length: count }, (_, i) => ({
    key: `${prefix}-${i % 10}`,
    value: i / 7,
    step: `@N@${String(i).padStart(3, "0")}`,
    timestamp: TIME,
  }));
  return { run_id, metrics };
}

const logBatch = (count: number, goal: number): Call => ({
  name: `runs/log-batch, ${count} metrics`,
  goal,
  requests: ({ runs }) => runs.map((run) => post("/mlflow/runs/log-batch", batch(run, `of-${count}`, count))),
  pattern: NOTHING,
  adds: { ours: `"MetricPoint"`, mlflows: "metrics", rows: count },
});

/** First the second version of each model, then the first of each again. */
const ofBothVersions = (make: (name: string, version: string) => MlflowRequest) => [
  ...ofModels((name) => make(name, "2")),
  ...ofModels((name) => make(name, "1")),
];

const WRITES: readonly Call[] = [
  {
    name: "registered-models/create",
    goal: WRITE,
    requests: () => [post("/mlflow/registered-models/create", { name: "made-@N@" })],
    pattern: answers("registered_model"),
    adds: { ours: `"Model"`, mlflows: "registered_models", rows: 1 },
  },
  {
    name: "model-versions/create",
    goal: WRITE,
    requests: () =>
      ofModels((name) => post("/mlflow/model-versions/create", { name, source: `s3://models/${name}/@N@` })),
    pattern: answers("model_version"),
    adds: { ours: `"ModelVersion"`, mlflows: "model_versions", rows: 1 },
  },
  {
    name: "model-versions/transition-stage, the others archived",
    goal: WRITE,
    requests: () =>
      ofBothVersions((name, version) =>
        post("/mlflow/model-versions/transition-stage", {
          name,
          version,
          stage: "Production",
          archive_existing_versions: true,
        }),
      ),
    pattern: answers("model_version").replace("[^]*", `[^]*"current_stage": ?"Production"[^]*`),
  },
  {
    name: "registered-models/alias, set",
    goal: WRITE,
    requests: () =>
      ofBothVersions((name, version) => post("/mlflow/registered-models/alias", { name, alias: "champion", version })),
    pattern: NOTHING,
  },
  {
    name: "runs/create",
    goal: WRITE,
    requests: ({ experiment }) => [
      post("/mlflow/runs/create", { experiment_id: experiment, run_name: "made-@N@", start_time: TIME }),
    ],
    pattern: answers("run"),
    adds: { ours: `"Run"`, mlflows: "runs", rows: 1 },
  },
  {
    name: "runs/log-metric",
    goal: WRITE,
    requests: ({ runs }) =>
      runs.map((run_id) =>
        post("/mlflow/runs/log-metric", { run_id, key: "one", value: 0.5, step: "@N@", timestamp: TIME }),
      ),
    pattern: NOTHING,
    adds: { ours: `"MetricPoint"`, mlflows: "metrics", rows: 1 },
  },
  logBatch(100, WRITE),
  logBatch(size(1_000, 200), LOG_BATCH),
];

const FILE = "/mlflow-artifacts/artifacts";

/** Bytes, which both servers only hand on. */
const FILES: readonly Call[] = [
  {
    name: "artifact, PUT 1 MB",
    goal: WRITE,
    requests: ({ experiment, runs }) =>
      runs
        .slice(0, 16)
        .map((run) => ({ method: "PUT", path: `${FILE}/${experiment}/${run}/artifacts/file`, body: MEGABYTE })),
    pattern: "(\\{\\})?",
  },
  {
    name: "artifact, GET 1 MB",
    goal: READ,
    requests: ({ experiment, runs }) =>
      runs.slice(0, 16).map((run) => get(`${FILE}/${experiment}/${run}/artifacts/file`, {})),
    isRight: (text) => text === MEGABYTE,
  },
];

/** The reads come first, so that they find what was filled in. */
export const CALLS: readonly Call[] = [...READS, ...WRITES, ...FILES];
