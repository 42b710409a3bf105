type Send = <T>(query: string, variables?: Record<string, unknown>) => Promise<T>;

const CREATE = `mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { number } } }`;
const RUN = `mutation ($run: CreateRunInput!, $batch: LogBatchInput!) {
  createRun(input: $run) { run { id } }
  logBatch(input: $batch) { run { id } }
}`;
const MOVE = `mutation ($input: TransitionModelVersionInput!) { transitionModelVersion(input: $input) { modelVersion { id } } }`;
const POLICY = `mutation ($input: ApplyPolicyInput!) { applyPolicy(input: $input) { revision } }`;
const DESCRIBE = `mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }`;

export async function createVersion(send: Send, model: string, auc: number, more: object = {}): Promise<void> {
  const runId = `${model.replaceAll(/\W/g, "-")}-${auc}`.replace(".", "_").replace(/^\W+/, "r");
  const run = {
    runId,
    experiment: { name: "training" },
    createExperiment: true,
    params: [{ key: "depth", value: "8" }],
  };
  await send(RUN, { run, batch: { run: runId, metrics: [{ key: "auc", value: auc }] } });
  const source = `s3://models/${runId}`;
  await send(CREATE, { input: { model: { name: model }, createModel: true, source, run: runId, ...more } });
}

/** A model with a version in PRODUCTION, a better one, and a policy that asks for the approval of somebody else. */
export async function makeGuardedModel(send: Send, model: string): Promise<void> {
  await createVersion(send, model, 0.9);
  await createVersion(send, model, 0.95, {
    signature: { inputs: '[{"name":"amount","type":"double"}]', outputs: '[{"name":"score","type":"double"}]' },
    description: "Trained on *more* data.",
  });
  await send(DESCRIBE, { input: { model: { name: model }, description: "Scores **payments**." } });
  const version = { number: { model, number: 1 } };
  await send(MOVE, { input: { version, to: "PRODUCTION", reason: "the first one" } });
  await send(POLICY, {
    input: {
      ...{ name: `${model}-gate`, selector: { models: [model] }, target: { stages: ["PRODUCTION"] } },
      rules: [{ approvals: { quorum: 1 } }],
    },
  });
}
