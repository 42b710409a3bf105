import { isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMAND_SCOPE } from "../../../src/domain/access/scopes.js";
import { schema } from "../../../src/graphql/schema.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { ALL, mallory, refusals, revision, START_MS } from "./fixture.js";
import { seedTracking, TRACKING_COMMANDS, type TrackingCommand, type TrackingSeed } from "./tracking-seed.js";

let server: TestServer;
let seed: TrackingSeed;
beforeAll(async () => {
  server = await startTestServer();
  seed = await seedTracking(server);
}, START_MS);
afterAll(() => server?.stop());

const DONE = "{ __typename }";

describe("a command", () => {
  let shared: TrackingSeed;
  beforeAll(async () => {
    shared = await seedTracking(server);
  });

  /** Commands that end or restore something use a seed of their own; all others share one. */
  async function prepare(command: TrackingCommand): Promise<TrackingSeed> {
    if (!["finishRun", "restoreExperiment", "restoreDataset"].includes(command)) return shared;
    const made = await seedTracking(server);
    if (command === "restoreExperiment") {
      await server.data(
        `mutation { deleteExperiment(input: {experiment: {id: "${made.experimentId}"}, force: true}) ${DONE} }`,
      );
    }
    if (command === "restoreDataset") {
      await server.data(`mutation { deleteDataset(input: {dataset: {id: "${made.datasetId}"}, force: true}) ${DONE} }`);
    }
    return made;
  }

  test.each(Object.keys(TRACKING_COMMANDS) as TrackingCommand[])(
    "%s requires its scope and no other",
    async (command) => {
      const made = await prepare(command);
      const document = `mutation { ${TRACKING_COMMANDS[command](made)} ${DONE} }`;
      const scope = COMMAND_SCOPE[command];
      const before = await revision(server);
      for (const scopes of [ALL.filter((other) => other !== scope), []]) {
        const answer = await server.request(document, {}, mallory(scopes));
        expect(refusals(answer)).toEqual([{ path: [expect.any(String)], code: "FORBIDDEN", requiredScopes: [scope] }]);
        expect(answer.data).toBeNull();
      }
      expect(await revision(server), "nothing was written").toBe(before);
      await server.data(document, {}, mallory([scope]));
      // metrics and params are not events
      if (command !== "logBatch" && command !== "logLoggedModelParams")
        expect(await revision(server), "it was written").toBeGreaterThan(before);
    },
  );

  test("a version that names its run requires runs:write too", async () => {
    const document = `mutation { createModelVersion(input: {model: {name: "${seed.name}"}, source: "s3://b/9", run: "${seed.name}"}) ${DONE} }`;
    const refused = await server.request(document, {}, mallory(["models:write"]));
    expect(refusals(refused)).toEqual([
      { path: ["createModelVersion"], code: "FORBIDDEN", requiredScopes: ["runs:write"] },
    ]);
    await server.data(document, {}, mallory(["models:write", "runs:write"]));
  });
});

describe("reading runs, experiments and datasets requires runs:read at every entry point", () => {
  const entryPoints: [string, (seed: TrackingSeed) => string, string[]][] = [
    ["run", ({ name }) => `run(id: "${name}") { id }`, ["run"]],
    ["runs", () => "runs { totalCount }", ["runs"]],
    ["experiment", ({ name }) => `experiment(name: "${name}") { id }`, ["experiment"]],
    ["experiments", () => "experiments { totalCount }", ["experiments"]],
    ["dataset", ({ name }) => `dataset(name: "${name}", digest: "1") { id }`, ["dataset"]],
    ["datasets", () => "datasets { totalCount }", ["datasets"]],
    ["metricSeries", ({ name }) => `metricSeries(runs: ["${name}"], keys: ["auc"]) { count }`, ["metricSeries"]],
    [
      "a version's run",
      ({ name }) => `model(name: "${name}") { version(number: 1) { run { id } } }`,
      ["model", "version", "run"],
    ],
    [
      "a comparison's params",
      ({ name }) => `compareVersions(versions: [{number: {model: "${name}", number: 1}}]) { params { key } }`,
      ["compareVersions", "params"],
    ],
    [
      "a comparison's metrics",
      ({ name }) => `compareVersions(versions: [{number: {model: "${name}", number: 1}}]) { metrics { key } }`,
      ["compareVersions", "metrics"],
    ],
    [
      "a comparison's inputs",
      ({ name }) => `compareVersions(versions: [{number: {model: "${name}", number: 1}}]) { inputs { nodeId } }`,
      ["compareVersions", "inputs"],
    ],
    ["node", ({ datasetId }) => `node(id: "${datasetId}") { id }`, ["node"]],
  ];

  test.each(entryPoints)("%s", async (_name, ask, path) => {
    const document = `{ ${ask(seed)} }`;
    const refused = await server.request(document, {}, mallory(ALL.filter((scope) => scope !== "runs:read")));
    expect(refusals(refused)).toEqual([{ path, code: "FORBIDDEN", requiredScopes: ["runs:read"] }]);
    await server.data(document, {}, mallory(["runs:read", "models:read"]));
  });

  test("a version's links to runs and datasets are neither returned nor counted without it", async () => {
    const document = `{ modelVersion(ref: {number: {model: "${seed.name}", number: 1}}) { upstream { totalCount nodes { kind } } }
      lineage(of: {modelVersion: {number: {model: "${seed.name}", number: 1}}}, direction: UPSTREAM) { truncated nodes { kind } edges { kind } counts { kind } } }`;
    expect(await server.data(document, {}, mallory(["models:read"]))).toEqual({
      modelVersion: { upstream: { totalCount: 0, nodes: [] } },
      lineage: { truncated: false, nodes: [{ kind: "MODEL_VERSION" }], edges: [], counts: [{ kind: "MODEL_VERSION" }] },
    });
    expect((await server.data(document)).modelVersion.upstream.totalCount).toBe(1);
  });

  test("a token for runs may not read models", async () => {
    const document = `{ dataset(name: "${seed.name}", digest: "1") { affectedVersions { totalCount } } run(id: "${seed.name}") { outputs { totalCount } } lineage(of: {run: "${seed.name}"}, direction: DOWNSTREAM) { counts { kind } } }`;
    const answer = await server.request(document, {}, mallory(["runs:read"]));
    expect(answer.data).toEqual({
      dataset: { affectedVersions: null },
      run: { outputs: { totalCount: 0 } },
      lineage: { counts: [{ kind: "RUN" }] },
    });
    expect(refusals(answer)).toEqual([
      { path: ["dataset", "affectedVersions"], code: "FORBIDDEN", requiredScopes: ["models:read"] },
    ]);
  });

  test("no unguarded field leads to them from other types", () => {
    const nouns = /^(Experiment|Run|Dataset|LoggedModel|Param|Metric|MetricPoint|Series)(Connection|Edge)?$/;
    const open = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter(({ name }) => !nouns.test(name))
      .flatMap((type) =>
        Object.values(type.getFields()).flatMap((field) =>
          nouns.test(String(field.type).replace(/[[\]!]/g, "")) && field.extensions.requiredScope !== "runs:read"
            ? [`${type.name}.${field.name}`]
            : [],
        ),
      );
    // only VersionComparison.metrics returns it, which is guarded
    expect(open).toEqual([]);
  });
});

test("a dataset's source requires artifacts:read, as a field and as a filter; its creator may read it back", async () => {
  const READ = `{ dataset(name: "${seed.name}", digest: "1") { source } }`;
  const refused = await server.request(READ, {}, mallory(["runs:read"]));
  expect(refused.data).toEqual({ dataset: { source: null } });
  expect(refusals(refused)[0]).toMatchObject({ requiredScopes: ["artifacts:read"] });
  expect((await server.data(READ, {}, { scopes: ["runs:read"] })).dataset.source).toBe(`s3://secret/${seed.name}`);
  const FIND = `{ datasets(where: {NOT: {source: {startsWith: "s3"}}}) { totalCount } }`;
  expect(refusals(await server.request(FIND, {}, mallory(["runs:read"])))[0]).toMatchObject({
    requiredScopes: ["artifacts:read"],
  });
});

test("deleted runs, experiments and datasets are listed for runs:write only", async () => {
  for (const list of ["runs", "experiments", "datasets"]) {
    const document = `{ ${list}(where: {deleted: ONLY}) { totalCount } }`;
    expect(refusals(await server.request(document, {}, mallory(["runs:read"])))[0]).toMatchObject({
      requiredScopes: ["runs:write"],
    });
    await server.data(document, {}, mallory(["runs:read", "runs:write"]));
  }
});
