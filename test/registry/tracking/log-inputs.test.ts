import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  r: createRun(input: {experiment: {name: "e"}, createExperiment: true, runId: "r"}) { run { id } }
  v: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }`);

const INPUTS = `mutation ($input: LogInputsInput!) { logInputs(input: $input) { run { inputs { totalCount nodes { kind context dataset { name digest source } modelVersion { number } } } } } }`;
const version = (number: number) => ({ number: { model: "m", number } });

test("logInputs and logOutputs register unknown datasets, keep known ones, and emit an event only for new edges", async () => {
  const start = await commands.revision();
  const input = {
    run: "r",
    datasets: [
      { dataset: { name: "raw", digest: "1", source: "s3://data/raw" }, context: "training" },
      { dataset: { name: "raw", digest: "1", source: "s3://data/other" }, context: "validation" },
    ],
    modelVersions: [{ version: version(1), context: "fine-tuning" }],
  };
  const dataset = { name: "raw", digest: "1", source: "s3://data/raw" };
  const first = await commands.data(INPUTS, { input });
  expect(first.logInputs.run.inputs).toEqual({
    totalCount: 3,
    nodes: expect.arrayContaining([
      { kind: "INPUT", context: "training", dataset, modelVersion: null },
      { kind: "INPUT", context: "validation", dataset, modelVersion: null },
      { kind: "INPUT", context: "fine-tuning", dataset: null, modelVersion: { number: 1 } },
    ]),
  });
  expect(await commands.data(INPUTS, { input })).toEqual(first);
  await commands.mutate(
    `logOutputs(input: {run: "r", datasets: [{name: "made", digest: "1"}], modelVersions: [{number: {model: "m", number: 1}}]}) { run { id } }`,
  );
  expect(await commands.eventsSince(start)).toMatchObject([
    { type: "dataset.registered", after: { name: "raw", source: "s3://data/raw" } },
    {
      type: "run.inputs_logged",
      subjectType: "Run",
      experimentName: "e",
      after: {
        inputs: [
          { kind: "DATASET", id: expect.any(String), context: "training" },
          { kind: "DATASET", context: "validation" },
          { kind: "MODEL_VERSION", context: "fine-tuning" },
        ],
      },
    },
    { type: "dataset.registered", after: { name: "made" } },
    { type: "run.outputs_logged", after: { outputs: [{ kind: "DATASET" }, { kind: "MODEL_VERSION" }] } },
  ]);
});

const good = { dataset: { name: "good", digest: "1" } };

test.each([
  ["input.datasets[1].dataset.name", { datasets: [good, { dataset: { name: " ", digest: "1" } }] }],
  ["input.datasets[1].dataset.digest", { datasets: [good, { dataset: { name: "a", digest: "/" } }] }],
  ["input.datasets[1].dataset.source", { datasets: [good, { dataset: { name: "a", digest: "1", source: "no uri" } }] }],
  ["input.datasets[1].context", { datasets: [good, { ...good, context: "x".repeat(256) }] }],
  ["input.datasets", { datasets: Array.from({ length: 101 }, () => good) }],
  ["input.modelVersions", { modelVersions: Array.from({ length: 101 }, () => ({ version: version(1) })) }],
  ["input.modelVersions[0].context", { datasets: [good], modelVersions: [{ version: version(1), context: "\n" }] }],
  [
    "input.modelVersions[1].version",
    { datasets: [good], modelVersions: [{ version: version(1) }, { version: version(9) }] },
    "NOT_FOUND",
  ],
  ["input.run", { run: "nobody", datasets: [good] }, "NOT_FOUND"],
])("logInputs refuses a wrong %s, and writes nothing", async (field, input, code = "INVALID_INPUT") => {
  expect(await commands.refusal(INPUTS, { input: { run: "r", ...input } })).toMatchObject({ code, field });
  expect((await commands.data(`{ dataset(name: "good", digest: "1") { id } }`)).dataset).toBeNull();
});

test("a version of a model that the token does not cover is not found", async () => {
  const input = { run: "r", modelVersions: [{ version: version(1) }] };
  expect(await commands.refusal(INPUTS, { input }, { models: ["other"] })).toMatchObject({
    code: "NOT_FOUND",
    field: "input.modelVersions[0].version",
  });
});
