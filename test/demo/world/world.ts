import type { Connection } from "../connection.js";
import { reportDeployments } from "./deployed.js";
import { deriveDatasets, weekOf } from "./exports.js";
import { applyPolicies, makeRequests, versionOf } from "./governed.js";
import { hashOf } from "./hash.js";
import { WORLD, type WorldModel } from "./models.js";
import { train } from "./training.js";
import { tuneIris } from "./tuning.js";

const REGISTER = /* GraphQL */ `
  mutation ($input: RegisterModelInput!) { registerModel(input: $input) { created } }
`;
const CREATE = /* GraphQL */ `
  mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { number } } }
`;
const MOVE = /* GraphQL */ `
  mutation ($input: TransitionModelVersionInput!) { transitionModelVersion(input: $input) { modelVersion { id } } }
`;
const ALIAS = /* GraphQL */ `mutation ($input: SetAliasInput!) { setAlias(input: $input) { alias { name } } }`;
const APPROVER = "rita";

/** Fills an empty registry with a made-up company's models, runs, policies, requests and deployments. */
export async function makeWorld(server: Connection): Promise<void> {
  const { models } = await server.request<{ models: { totalCount: number } }>(
    `query ($names: [String!]!) { models(where: { name: { in: $names } }) { totalCount } }`,
    { names: WORLD.map(({ name }) => name) },
  );
  if (models.totalCount > 0) throw new Error("the world is there already; it is made once, in a registry without it");
  const holders = new Map<string, number>();
  for (const model of WORLD) {
    holders.set(model.name, await makeModel(server, model));
    console.log(`▸ ${model.name}: ${model.versions} versions, v${holders.get(model.name)} in PRODUCTION`);
  }
  await deriveDatasets(server, WORLD);
  console.log(`▸ iris-tuning: ${await tuneIris(server)} runs`);
  await applyPolicies(server);
  const approver = await server.as(APPROVER, ["models:read", "runs:read", "stages:approve"]);
  if (approver) {
    const critical = WORLD.filter(({ tier }) => tier === "critical");
    await makeRequests(server, approver, critical);
    await approver.close();
    // the second request was approved and executed
    const [, executed] = critical;
    if (executed) holders.set(executed.name, executed.versions);
    console.log(`▸ ${critical.length} requests to promote, answered by ${APPROVER}`);
  }
  await reportDeployments(server, WORLD, holders);
}

/** Trains, registers and promotes its versions one after the other. Returns the number of the one in PRODUCTION. */
async function makeModel(server: Connection, model: WorldModel): Promise<number> {
  const { name, description, owner, tier } = model;
  const tags = [
    { key: "owner", value: owner },
    { key: "tier", value: tier },
  ];
  await server.request(REGISTER, { input: { name, description, tags } });
  let holder = 0;
  for (let number = 1; number <= model.versions; number++) {
    await server.request(CREATE, { input: await describeVersion(server, model, number) });
    const isLast = number > model.versions - 2;
    if (number % 3 !== 1 && !isLast) continue;
    await move(server, model, number, "STAGING");
    if (isLast) continue;
    await move(server, model, number, "PRODUCTION");
    holder = number;
  }
  for (const [alias, number] of [
    ["champion", holder],
    ["challenger", model.versions],
  ] as const)
    await server.request(ALIAS, { input: { version: versionOf(name, number), alias } });
  return holder;
}

async function describeVersion(server: Connection, model: WorldModel, number: number) {
  const run = await train(server, model, number);
  return {
    ...{ model: { name: model.name }, run, source: `s3://models/${model.name}/${number}` },
    digest: `sha256:${hashOf(`${model.name} ${number}`)}`,
    description: `Trained on *${model.dataset}* of week ${weekOf(number)}.`,
    signature: {
      inputs: JSON.stringify([
        { name: "amount", type: "double" },
        { name: "country", type: "string" },
        { name: "history", type: "tensor", "tensor-spec": { dtype: "float32", shape: [-1, 64] } },
      ]),
      outputs: JSON.stringify([{ name: "score", type: "double" }]),
    },
    flavors: { python_function: { loader_module: "mlflow.xgboost", python_version: "3.12.3" } },
    tags: [{ key: "framework", value: "xgboost" }],
  };
}

async function move(server: Connection, { name }: WorldModel, number: number, to: string): Promise<void> {
  const reason = to === "STAGING" ? "ready to be tried" : "better than the one before it on the test set";
  await server.request(MOVE, { input: { version: versionOf(name, number), to, archiveExisting: true, reason } });
}
