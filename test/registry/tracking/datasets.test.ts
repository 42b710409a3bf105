import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation {
    r: createRun(input: {experiment: {name: "e"}, createExperiment: true, runId: "r"}) { run { id } }
    v: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
  }`);
});
afterAll(() => server.stop());

const mutate = (mutation: string, as?: As) => server.data(`mutation { ${mutation} }`, {}, as);
const revision = async () => (await server.data("{ head { revision } }")).head.revision as number;

async function refusal(mutation: string, variables: Record<string, unknown> = {}, as?: As) {
  const before = await revision();
  const { errors } = await server.request(mutation, variables, as);
  expect(await revision(), "nothing was told").toBe(before);
  return errors?.[0]?.extensions;
}

/** What was told since a revision, the oldest first. */
async function toldSince(after: number) {
  const { rows } = await server.database.pool.query(`SELECT * FROM "Event" WHERE "revision" > $1 ORDER BY 1`, [after]);
  return rows.map(({ type, subjectType, experimentName, body }) => {
    const { before, after: then } = JSON.parse(body);
    return { type, subjectType, experimentName, before, after: then };
  });
}

const FIELDS = "name digest sourceType source schema profile tags { key value } createdBy { subject }";
const read = async (name: string, digest: string) =>
  (await server.data(`{ dataset(name: "${name}", digest: "${digest}") { ${FIELDS} } }`)).dataset;
const ref = (name: string, digest: string) => `{identity: {name: "${name}", digest: "${digest}"}}`;

describe("a dataset", () => {
  const REGISTER = `mutation ($input: RegisterDatasetInput!) { registerDataset(input: $input) { created dataset { id ${FIELDS} } } }`;
  const whole = {
    ...{ name: "iris", digest: "sha256:1", sourceType: "s3", source: "s3://data/iris.csv" },
    ...{ schema: { columns: ["a", "b"] }, profile: [{ rows: 150 }], tags: [{ key: "t", value: "1" }] },
  };

  test("is registered, deleted and restored, each as an event", async () => {
    const start = await revision();
    const { registerDataset } = await server.data(REGISTER, { input: whole });
    const { id, ...shown } = registerDataset.dataset;
    expect(registerDataset.created).toBe(true);
    expect(shown).toEqual({ ...whole, createdBy: { subject: "tester" } });
    expect(await refusal(REGISTER, { input: whole })).toMatchObject({ code: "ALREADY_EXISTS", field: "input.digest" });
    const again = await server.data(REGISTER, { input: { ...whole, source: null, tags: [], ifExists: "RETURN" } });
    expect(again.registerDataset).toEqual({ created: false, dataset: { id, ...shown } });
    await mutate(`setTag(input: {on: {dataset: {id: "${id}"}}, key: "t", value: "2"}) { dataset { id } }`);
    await mutate(`deleteTag(input: {on: {dataset: ${ref("iris", "sha256:1")}}, key: "t"}) { dataset { id } }`);
    await mutate(`deleteDataset(input: {dataset: {id: "${id}"}}) { deletedId }`);
    expect(await read("iris", "sha256:1")).toBeNull();
    expect(await refusal(`mutation { deleteDataset(input: {dataset: {id: "${id}"}}) { deletedId } }`)).toMatchObject({
      code: "NOT_FOUND",
    });
    await mutate(`restoreDataset(input: {id: "${id}"}) { dataset { name } }`);
    expect((await refusal(`mutation { restoreDataset(input: {id: "${id}"}) { dataset { id } } }`))?.code).toBe(
      "CONFLICT",
    );
    const subject = { subjectType: "Dataset", experimentName: null };
    expect(await toldSince(start)).toMatchObject([
      { ...subject, type: "dataset.registered", before: null, after: { name: "iris", profile: [{ rows: 150 }] } },
      { ...subject, type: "dataset.tag_set", before: { key: "t", value: "1" }, after: { key: "t", value: "2" } },
      { ...subject, type: "dataset.tag_deleted", before: { key: "t", value: "2" }, after: null },
      { ...subject, type: "dataset.deleted", before: { name: "iris", digest: "sha256:1" }, after: null },
      { ...subject, type: "dataset.restored", before: null, after: { name: "iris", digest: "sha256:1" } },
    ]);
    await mutate(`deleteDataset(input: {dataset: {id: "${id}"}}) { deletedId }`);
    await server.data(REGISTER, { input: { name: "iris", digest: "sha256:1" } });
    expect((await refusal(`mutation { restoreDataset(input: {id: "${id}"}) { dataset { id } } }`))?.code).toBe(
      "ALREADY_EXISTS",
    );
  });

  test.each([
    ["name", ""],
    ["name", " a"],
    ["name", "x".repeat(501)],
    ["digest", ""],
    ["digest", "a b"],
    ["digest", "x".repeat(129)],
    ["sourceType", "x".repeat(65)],
    ["source", "ftp://a/b"],
    ["source", "https://user:secret@a/b"],
    ["source", "file:///etc/passwd"],
    ["schema", "text"],
    ["profile", 1],
    ["tags[0].value", [{ key: "k", value: "x".repeat(8_001) }]],
    [
      "tags[1].key",
      [
        { key: "k", value: "1" },
        { key: "k", value: "2" },
      ],
    ],
    ["tags", Array.from({ length: 101 }, (_, i) => ({ key: `${i}`, value: "" }))],
  ])("is refused with a wrong %s (%#)", async (field, value) => {
    const input = { name: "bad", digest: "1", [field.replace(/\[.*/, "")]: value };
    expect(await refusal(REGISTER, { input })).toMatchObject({ code: "INVALID_INPUT", field: `input.${field}` });
    expect(await read("bad", "1")).toBeNull();
  });
});

describe("what a run read and made", () => {
  const INPUTS = `mutation ($input: LogInputsInput!) { logInputs(input: $input) { run { inputs { totalCount nodes { kind context dataset { name digest source } modelVersion { number } } } } } }`;

  test("is registered on the way, kept from its first teller, and told once", async () => {
    const start = await revision();
    const input = {
      run: "r",
      datasets: [
        { dataset: { name: "raw", digest: "1", source: "s3://data/raw" }, context: "training" },
        { dataset: { name: "raw", digest: "1", source: "s3://data/other" }, context: "validation" },
      ],
      modelVersions: [{ version: { number: { model: "m", number: 1 } }, context: "fine-tuning" }],
    };
    const dataset = { name: "raw", digest: "1", source: "s3://data/raw" };
    const first = await server.data(INPUTS, { input });
    expect(first.logInputs.run.inputs).toEqual({
      totalCount: 3,
      nodes: expect.arrayContaining([
        { kind: "INPUT", context: "training", dataset, modelVersion: null },
        { kind: "INPUT", context: "validation", dataset, modelVersion: null },
        { kind: "INPUT", context: "fine-tuning", dataset: null, modelVersion: { number: 1 } },
      ]),
    });
    expect(await server.data(INPUTS, { input })).toEqual(first);
    await mutate(
      `logOutputs(input: {run: "r", datasets: [{name: "made", digest: "1"}], modelVersions: [{number: {model: "m", number: 1}}]}) { run { id } }`,
    );
    expect(await toldSince(start)).toMatchObject([
      { type: "dataset.registered", after: { name: "raw", source: "s3://data/raw" } },
      {
        type: "run.inputs_logged",
        subjectType: "Run",
        experimentName: "e",
        after: { inputs: [{ kind: "DATASET" }, {}, {}] },
      },
      { type: "dataset.registered", after: { name: "made" } },
      { type: "run.outputs_logged", after: { outputs: [{ kind: "DATASET" }, { kind: "MODEL_VERSION" }] } },
    ]);
  });

  const good = { dataset: { name: "good", digest: "1" } };
  const version = (number: number) => ({ number: { model: "m", number } });
  test.each([
    ["input.datasets[1].dataset.name", { datasets: [good, { dataset: { name: " ", digest: "1" } }] }],
    ["input.datasets[1].dataset.digest", { datasets: [good, { dataset: { name: "a", digest: "/" } }] }],
    [
      "input.datasets[1].dataset.source",
      { datasets: [good, { dataset: { name: "a", digest: "1", source: "no uri" } }] },
    ],
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
  ])("is refused, and nothing of it written, with a wrong %s", async (field, input, code = "INVALID_INPUT") => {
    expect(await refusal(INPUTS, { input: { run: "r", ...input } })).toMatchObject({ code, field });
    expect(await read("good", "1")).toBeNull();
  });

  test("of a model that the token does not cover is not there", async () => {
    const input = { run: "r", modelVersions: [{ version: version(1) }] };
    const said = await refusal(INPUTS, { input }, { models: ["other"] });
    expect(said).toMatchObject({ code: "NOT_FOUND", field: "input.modelVersions[0].version" });
  });

  test("keeps a dataset in use until it is forced, and metrics on it are then bound to none", async () => {
    await mutate(
      `logBatch(input: {run: "r", metrics: [{key: "auc", value: 1, dataset: ${ref("raw", "1")}}]}) { run { id } }`,
    );
    const remove = (more = "") => `deleteDataset(input: {dataset: ${ref("raw", "1")}${more}}) { deletedId }`;
    expect(await refusal(`mutation { ${remove()} }`)).toMatchObject({ code: "IN_USE", dependents: [{ runId: "r" }] });
    expect(await refusal(`mutation { ${remove()} }`, {}, { experiments: ["x"] })).toMatchObject({ code: "NOT_FOUND" });
    await mutate(remove(", force: true"));
    const { run } = await server.data(
      `{ run(id: "r") { metrics(keys: ["auc"]) { value dataset { name } } inputs { totalCount } metricHistory(key: "auc", dataset: ${ref("raw", "1")}) { totalCount } } }`,
    );
    expect(run).toEqual({
      metrics: [{ value: 1, dataset: null }],
      inputs: { totalCount: 1 },
      metricHistory: { totalCount: 0 },
    });
  });
});
