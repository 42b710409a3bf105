import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type As, startTestServer, type TestServer } from "../../support/server.js";
import { without } from "./fixture.js";

let server: TestServer;
let secret: { experiment: string; run: string };
beforeAll(async () => {
  server = await startTestServer();
  const made = await server.data(`mutation {
    s: createExperiment(input: {name: "b/secret", tags: [{key: "k", value: "v"}]}) { experiment { id } }
    r: createRun(input: {experiment: {name: "b/secret"}, runId: "hidden", name: "hidden run", params: [{key: "p", value: "hush"}]}) { run { id } }
    g: createRun(input: {experiment: {name: "b/secret"}, runId: "gone"}) { run { id } }
    d: deleteRun(input: {run: "gone"}) { deletedId }
    m: logBatch(input: {run: "hidden", metrics: [{key: "auc", value: 0.99}]}) { run { id } }
    i: logInputs(input: {run: "hidden", datasets: [{dataset: {name: "shared", digest: "1"}}]}) { run { id } }
    o: createRun(input: {experiment: {name: "a/open"}, createExperiment: true, runId: "open", parent: "hidden"}) { run { id } }
    v: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1", run: "hidden"}) { modelVersion { id } }
  }`);
  secret = { experiment: made.s.experiment.id, run: made.r.run.id };
});
afterAll(() => server.stop());

const as: As = { experiments: ["a/*"] };

describe("a run of an experiment outside the claim", () => {
  test("is neither visible nor counted anywhere", async () => {
    const document = `query ($experiment: ID!, $run: ID!) {
      experiment(name: "b/secret") { id } experiments { totalCount nodes { name } } byTag: experiments(where: {tag: {key: "k"}}) { totalCount }
      run(id: "hidden") { id } byGlobalId: run(id: $run) { id } node(id: $run) { id } nodes(ids: [$experiment, $run]) { id }
      runs { totalCount nodes { runId parent { runId } } } byParam: runs(where: {params: [{key: "p", value: "hush"}]}) { totalCount }
      byMetric: runs(where: {metrics: [{key: "auc", gte: 0}]}) { totalCount } inOrder: runs(orderBy: {field: METRIC, metric: "auc"}) { totalCount nodes { runId } }
      inOrderOfParam: runs(orderBy: {field: PARAM, param: "p"}) { totalCount nodes { runId } }
      byInput: runs(where: {input: {identity: {name: "shared", digest: "1"}}}) { totalCount } byNot: runs(where: {NOT: {name: {equals: "x"}}}) { totalCount }
      byParent: runs(where: {parent: "hidden"}) { totalCount }
      deleted: runs(where: {deleted: ONLY}) { totalCount }
      metricSeries(runs: ["hidden"], keys: ["auc"]) { count }
      dataset(name: "shared", digest: "1") { downstream { totalCount nodes { kind } } affectedVersions { totalCount } }
      model(name: "m") { version(number: 1) { run { id } upstream { totalCount } } }
      compareVersions(versions: [{number: {model: "m", number: 1}}]) { params { key } metrics { key } inputs { name } }
      lineage(of: {dataset: {identity: {name: "shared", digest: "1"}}}, direction: DOWNSTREAM) { truncated nodes { name } edges { to } counts { count } }
      hidden: lineage(of: {run: "hidden"}, direction: BOTH) { truncated }
    }`;
    const none = { totalCount: 0 };
    expect(await server.data(document, secret, as)).toEqual({
      experiment: null,
      experiments: { totalCount: 1, nodes: [{ name: "a/open" }] },
      byTag: none,
      run: null,
      byGlobalId: null,
      node: null,
      nodes: [null, null],
      runs: { totalCount: 1, nodes: [{ runId: "open", parent: null }] },
      byParam: none,
      byMetric: none,
      inOrder: { totalCount: 0, nodes: [] },
      inOrderOfParam: { totalCount: 0, nodes: [] },
      byInput: none,
      byParent: none,
      byNot: { totalCount: 1 },
      deleted: none,
      metricSeries: [],
      dataset: null,
      model: { version: { run: null, upstream: none } },
      compareVersions: { params: [], metrics: [], inputs: [] },
      lineage: null,
      hidden: null,
    });
    expect(
      (await server.data("{ runs { totalCount } experiments { totalCount } }", {}, { experiments: [] })).runs,
    ).toEqual(none);
  });

  test.each([
    `updateRun(input: {run: "RUN", name: "mine"}) { run { id } }`,
    `finishRun(input: {run: "RUN"}) { run { id } }`,
    `deleteRun(input: {run: "RUN", force: true}) { deletedId }`,
    `logBatch(input: {run: "RUN", params: [{key: "p", value: "guess"}]}) { run { id } }`,
    `logInputs(input: {run: "RUN", datasets: [{dataset: {name: "shared", digest: "1"}}]}) { run { id } }`,
    `logOutputs(input: {run: "RUN", datasets: [{name: "shared", digest: "1"}]}) { run { id } }`,
    `setTag(input: {on: {run: "RUN"}, key: "k", value: "v"}) { run { id } }`,
    `createRun(input: {experiment: {name: "a/open"}, parent: "RUN"}) { run { id } }`,
    `createModelVersion(input: {model: {name: "m"}, source: "s3://b/2", run: "RUN"}) { modelVersion { id } }`,
    `addLineage(input: {from: {run: "RUN"}, to: {run: "open"}}) { created }`,
  ])("responds as if it did not exist: %s", async (mutation) => {
    const { revision } = (await server.data("{ head { revision } }")).head;
    const request = (run: string) => server.request(`mutation { ${mutation.replace("RUN", run)} }`, {}, as);
    const [hidden, missing] = [await request("hidden"), await request("missing")];
    expect(without(hidden, "hidden")).toEqual(without(missing, "missing"));
    expect(hidden.errors?.[0]?.extensions.code).toBe("NOT_FOUND");
    expect((await server.data("{ head { revision } }")).head.revision).toBe(revision);
  });

  test.each([
    `createExperiment(input: {name: "b/secret", ifExists: RETURN}) { created }`,
    `createExperiment(input: {name: "b/new"}) { created }`,
    `createRun(input: {experiment: {name: "b/secret"}, createExperiment: true}) { run { id } }`,
    `updateExperiment(input: {experiment: {name: "a/open"}, name: "b/mine"}) { experiment { id } }`,
  ])("is not named in a refusal: %s", async (mutation) => {
    const { errors } = await server.request(`mutation { ${mutation} }`, {}, as);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["runs:write"] });
  });

  test.each([
    `restoreRun(input: {run: "gone"}) { run { id } }`,
    `updateExperiment(input: {experiment: {id: "ID"}, name: "a/mine"}) { experiment { id } }`,
    `deleteExperiment(input: {experiment: {name: "b/secret"}, force: true}) { deletedId }`,
    `restoreExperiment(input: {id: "ID", name: "a/mine"}) { experiment { id } }`,
  ])("is refused: %s", async (mutation) => {
    const { errors } = await server.request(`mutation { ${mutation.replace("ID", secret.experiment)} }`, {}, as);
    expect(errors?.[0]?.extensions.code).toBe("NOT_FOUND");
  });

  test("is not named among the dependents of a visible run", async () => {
    await server.data(`mutation { addLineage(input: {from: {run: "open"}, to: {run: "hidden"}}) { created } }`);
    const { errors } = await server.request(`mutation { deleteRun(input: {run: "open"}) { deletedId } }`, {}, as);
    expect(errors?.[0]).toMatchObject({
      message: expect.not.stringContaining("hidden"),
      extensions: { code: "IN_USE", dependents: [] },
    });
  });
});

describe("data that only runs outside the claim use", () => {
  const logs = (run: string, name: string) => [
    `logInputs(input: {run: "${run}", datasets: [{dataset: {name: "${name}", digest: "1"}}]}) { run { id } }`,
    `logOutputs(input: {run: "${run}", datasets: [{name: "${name}", digest: "1"}]}) { run { id } }`,
  ];

  beforeAll(async () => {
    await server.data(`mutation {
      h: createRun(input: {experiment: {name: "b/data"}, createExperiment: true, runId: "of-b"}) { run { id } }
      i: logInputs(input: {run: "of-b", datasets: [{dataset: {name: "of-b", digest: "1", source: "s3://b/data", profile: {rows: 7}}}]}) { run { id } }
      r: createRun(input: {experiment: {name: "a/data"}, createExperiment: true, runId: "of-a"}) { run { id } }
      u: registerDataset(input: {name: "unused", digest: "1"}) { dataset { id } }
    }`);
  });

  test.each([...logs("of-a", "of-b"), ...logs("of-a", "unused")])("cannot be linked: %s", async (mutation) => {
    // the bearer is the one who registered them, with a wider token
    const { errors } = await server.request(`mutation { ${mutation} }`, {}, as);
    expect(errors?.[0]?.extensions.code).toBe("ALREADY_EXISTS");
    const seen = await server.data(
      `{ run(id: "of-a") { inputs { totalCount } outputs { totalCount } } dataset(name: "of-b", digest: "1") { profile } }`,
      {},
      as,
    );
    expect(seen).toEqual({ run: { inputs: { totalCount: 0 }, outputs: { totalCount: 0 } }, dataset: null });
  });

  test("can be linked by a token that covers every run, and then by the narrowed one", async () => {
    const [input = "", output = ""] = logs("of-a", "of-b");
    await server.data(`mutation { ${input} }`);
    expect(await server.data(`mutation { ${output} }`, {}, as)).toMatchObject({ logOutputs: { run: {} } });
  });

  test("of a deleted run of the claim can be linked again by the run that repeats it", async () => {
    const made = await server.data(
      `mutation {
        a: createRun(input: {experiment: {name: "a/data"}, runId: "first"}) { run { id } }
        i: ${logs("first", "again")[0]}
        d: deleteRun(input: {run: "first", force: true}) { deletedId }
        b: createRun(input: {experiment: {name: "a/data"}, runId: "second"}) { run { id } }
        j: logInputs(input: {run: "second", datasets: [{dataset: {name: "again", digest: "1"}}, {dataset: {name: "twice", digest: "1"}, context: "a"}, {dataset: {name: "twice", digest: "1"}, context: "b"}]}) { run { inputs { totalCount } } } }`,
      {},
      as,
    );
    expect(made.j.run.inputs.totalCount).toBe(3);
  });
});
