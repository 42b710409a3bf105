import { beforeAll, describe, expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  registerModel(input: { name: "m", tags: [{ key: "k", value: "1" }] }) { created }
  createModelVersion(input: { model: { name: "m" }, source: "s3://b/m" }) { modelVersion { id } }
  createExperiment(input: { name: "e" }) { experiment { id } }
  createRun(input: { experiment: { name: "e" }, runId: "r" }) { run { id } }
  reportDeployment(input: { environment: "e", endpoint: "p", model: { name: "m" }, running: [], state: RUNNING }) { applied }
`);

/** A name from before names had to be seen. */
const OLD = "fraud\u200b\u202e";
const TAG = "\u2060";

beforeAll(async () => {
  const { pool } = commands.server.database;
  for (const table of ["Model", "Experiment"]) {
    await pool.query(`UPDATE "${table}" SET "name" = $1, "liveName" = $1`, [OLD]);
  }
  await pool.query(`UPDATE "Deployment" SET "environment" = $1, "endpoint" = $1`, [OLD]);
  await pool.query(`UPDATE "ModelTag" SET "key" = $1`, [TAG]);
});

const data = (document: string) => commands.data(document, { name: OLD, tag: TAG });

test("names from before are read, used and looked up", async () => {
  expect(
    await data(
      `query ($name: String!, $tag: String!) { model(name: $name) { name tags { key } } models(where: { tag: { key: $tag } }) { totalCount } experiment(name: $name) { name }
        deployments(where: { environment: { equals: $name } }) { totalCount } }`,
    ),
  ).toEqual({
    model: { name: OLD, tags: [{ key: TAG }] },
    models: { totalCount: 1 },
    experiment: { name: OLD },
    deployments: { totalCount: 1 },
  });
  expect(
    await data(
      `mutation ($name: String!) {
        createModelVersion(input: { model: { name: $name }, createModel: true, source: "s3://b/m" }) { modelVersion { number } }
        createRun(input: { experiment: { name: $name }, createExperiment: true }) { run { experiment { name } } }
        reportDeployment(input: { environment: $name, endpoint: $name, model: { name: $name }, running: [], state: STOPPED }) { applied } }`,
    ),
  ).toMatchObject({
    createModelVersion: { modelVersion: { number: 2 } },
    createRun: { run: { experiment: { name: OLD } } },
    reportDeployment: { applied: true },
  });
});

const CREATIONS: readonly [field: string, mutation: string][] = [
  ["input.name", `registerModel(input: { name: $new })`],
  ["input.newName", `renameModel(input: { model: { name: $name }, newName: $new })`],
  ["input.model.name", `createModelVersion(input: { model: { name: $new }, createModel: true, source: "s3://b/m" })`],
  ["input.name", `createExperiment(input: { name: $new })`],
  ["input.name", `updateExperiment(input: { experiment: { name: $name }, name: $new })`],
  ["input.experiment.name", `createRun(input: { experiment: { name: $new }, createExperiment: true })`],
  ["input.name", `createRun(input: { experiment: { name: $name }, name: $new })`],
  ["input.params[0].key", `createRun(input: { experiment: { name: $name }, params: [{ key: $new, value: "" }] })`],
  [
    "input.metrics[0].key",
    `logBatch(input: { run: "r", metrics: [{ key: $new, value: 1, timestamp: "2026-01-01T00:00:00Z" }] })`,
  ],
  ["input.name", `registerDataset(input: { name: $new, digest: "1" })`],
  ["input.key", `setTag(input: { on: { run: "r" }, key: $new, value: "" })`],
  [
    "input.environment",
    `reportDeployment(input: { environment: $new, endpoint: "p", model: { name: $name }, running: [], state: RUNNING })`,
  ],
  [
    "input.endpoint",
    `reportDeployment(input: { environment: "e", endpoint: $new, model: { name: $name }, running: [], state: RUNNING })`,
  ],
  ["input.alias", `setAlias(input: { model: { name: $name }, alias: $new, number: 1 })`],
  [
    "input.context",
    `addLineage(input: { from: { run: "r" }, to: { modelVersion: { number: { model: $name, number: 1 } } }, context: $new })`,
  ],
];

describe("a new name must be seen", () => {
  test.each(CREATIONS)("%s of %s", async (field, mutation) => {
    const uses = mutation.includes("$name") ? "$name: String!, " : "";
    for (const text of ["fraud\u200b", "\u2060", "a\u2028b", "a\u202eb"]) {
      const document = `mutation (${uses}$new: String!) { ${mutation} { __typename } }`;
      expect(await commands.refusal(document, { name: OLD, new: text })).toMatchObject({
        code: "INVALID_INPUT",
        field,
      });
    }
  });

  test("and a reason must not turn its order", async () => {
    const document = `mutation ($name: String!, $reason: String!) { transitionModelVersion(input: { version: { number: { model: $name, number: 1 } }, to: STAGING, reason: $reason }) { __typename } }`;
    expect(await commands.refusal(document, { name: OLD, reason: "ok \u202eko" })).toMatchObject({
      code: "INVALID_INPUT",
      field: "input.reason",
    });
  });
});

test("names from before are removed and renamed", async () => {
  expect(
    await data(
      `mutation ($name: String!, $tag: String!) {
        deleteTag(input: { on: { model: { name: $name } }, key: $tag }) { __typename }
        removeDeployment(input: { environment: $name, endpoint: $name, model: { name: $name } }) { __typename }
        updateExperiment(input: { experiment: { name: $name }, name: "seen" }) { experiment { name } }
        renameModel(input: { model: { name: $name }, newName: "seen" }) { model { name } } }`,
    ),
  ).toMatchObject({ updateExperiment: { experiment: { name: "seen" } }, renameModel: { model: { name: "seen" } } });
});
