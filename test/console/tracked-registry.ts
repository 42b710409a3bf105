type Send = <T>(query: string, variables?: Record<string, unknown>) => Promise<T>;

const RUN = `mutation ($run: CreateRunInput!, $inputs: LogInputsInput!, $batch: LogBatchInput!) {
  createRun(input: $run) { run { id } }
  logInputs(input: $inputs) { run { inputs(first: 1) { nodes { dataset { id } } } } }
  logBatch(input: $batch) { run { id } }
}`;
const CREATE = `mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { number } } }`;
const FINISH = `mutation ($input: FinishRunInput!) { finishRun(input: $input) { run { id } } }`;
const REPORT = `mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { deployment { id } } }`;
const MOVE = `mutation ($input: TransitionModelVersionInput!) { transitionModelVersion(input: $input) { modelVersion { id } } }`;

interface TrackedRun {
  readonly runId: string;
  readonly name?: string;
  readonly depth: number;
  readonly losses: readonly (number | string)[];
  readonly dataset?: string;
  /** Of the metric, and of one more param. */
  readonly key?: string;
}

/** A run with a curve, a param and a dataset. Returns the global ids of the run and of the dataset. */
export async function logRun(
  send: Send,
  { runId, name = runId, depth, losses, dataset = "payments", key = "loss" }: TrackedRun,
): Promise<{ run: string; dataset: string }> {
  const answer = await send<{
    createRun: { run: { id: string } };
    logInputs: { run: { inputs: { nodes: { dataset: { id: string } }[] } } };
  }>(RUN, {
    run: {
      ...{ runId, name, experiment: { name: "fraud-training" }, createExperiment: true },
      params: [
        { key: "depth", value: String(depth) },
        { key: key === "loss" ? "seed" : key, value: "7" },
      ],
    },
    inputs: {
      run: runId,
      datasets: [{ context: "training", dataset: { name: dataset, digest: "2026-06", source: "s3://data/payments" } }],
    },
    batch: { run: runId, metrics: losses.map((value, step) => ({ key, value, step })) },
  });
  await send(FINISH, { input: { run: runId } });
  return { run: answer.createRun.run.id, dataset: answer.logInputs.run.inputs.nodes[0]?.dataset.id ?? "" };
}

export async function reportDeployment(
  send: Send,
  environment: string,
  more: Record<string, unknown>,
): Promise<string> {
  const { reportDeployment } = await send<{ reportDeployment: { deployment: { id: string } } }>(REPORT, {
    input: {
      ...{ environment, endpoint: "scorer", model: { name: "fraud" }, follows: { stage: "PRODUCTION" } },
      ...{ state: "RUNNING", health: "HEALTHY", ...more },
    },
  });
  return reportDeployment.deployment.id;
}

export const fraud = (number: number) => ({ number: { model: "fraud", number } });

/** Two runs that became versions, the second one in PRODUCTION, and three environments: as desired, drifted, a canary. */
export async function makeTrackedRegistry(send: Send) {
  const first = await logRun(send, { runId: "run-1", name: "first try", depth: 4, losses: [0.9, 0.5, "NaN", 0.4] });
  const second = await logRun(send, { runId: "run-2", name: "deeper", depth: 8, losses: [0.8, "Infinity", 0.2, 0.1] });
  for (const run of ["run-1", "run-2"])
    await send(CREATE, { input: { model: { name: "fraud" }, createModel: true, source: `s3://models/${run}`, run } });
  await send(MOVE, { input: { version: fraud(2), to: "PRODUCTION" } });
  await reportDeployment(send, "prod-eu", { running: [{ version: fraud(2) }] });
  const drifted = await reportDeployment(send, "prod-us", {
    health: "DEGRADED",
    running: [{ version: fraud(1) }],
  });
  await reportDeployment(send, "canary", {
    running: [
      { version: fraud(1), weight: 90 },
      { version: fraud(2), weight: 10 },
    ],
  });
  return { first: first.run, second: second.run, dataset: first.dataset, drifted };
}
