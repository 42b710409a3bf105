import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countRowsRead, recordStatements } from "../../support/database/statements.js";
import { startTestServer, type TestServer } from "../../support/server.js";

const RUNS = 60;
const ACCURACIES = [0.9, 0.9, "NaN", -0.5, "Infinity", "-Infinity", 0.1];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const create = (
    i: number,
  ) => `r${i}: createRun(input: {experiment: {name: "${i < 7 ? "small" : "large"}"}, createExperiment: true, runId: "r${String(i).padStart(2, "0")}",
    name: "run ${i}", user: "ada", startedAt: "2026-01-01T00:00:${String(59 - (i % 60)).padStart(2, "0")}Z", tags: [{key: "i", value: "${i}"}],
    params: [{key: "parity", value: "${i % 2}"}, {key: "i", value: "${i}"}]}) { run { id } }`;
  for (let from = 0; from < RUNS; from += 20) {
    await server.data(`mutation { ${Array.from({ length: 20 }, (_, i) => create(from + i)).join("\n")} }`);
  }
  const log = (run: string, metrics: object[]) =>
    server.data(
      "mutation ($run: ID!, $metrics: [MetricInput!]) { logBatch(input: {run: $run, metrics: $metrics}) { run { id } } }",
      { run, metrics },
    );
  for (const [i, value] of ACCURACIES.entries()) {
    await log(`r0${i}`, [
      { key: "accuracy", value: 0.3, step: 1 },
      { key: "accuracy", value, step: 2 },
    ]);
  }
  await log(
    "r10",
    Array.from({ length: 1000 }, (_, i) => ({ key: "loss", value: i === 333 ? 50 : 1 / (i + 1), step: i })),
  );
  await server.data(`mutation {
    finishRun(input: {run: "r01", status: FAILED}) { run { id } }
    logInputs(input: {run: "r02", datasets: [{dataset: {name: "d", digest: "1"}}]}) { run { id } }
    deleteRun(input: {run: "r59"}) { deletedId }
    a: logBatch(input: {run: "r40", params: [{key: "depth", value: "8"}]}) { run { id } }
    b: logBatch(input: {run: "r41", params: [{key: "depth", value: "16"}]}) { run { id } }
    c: logBatch(input: {run: "r42", params: [{key: "depth", value: "8"}]}) { run { id } }
  }`);
});
afterAll(() => server.stop());

async function ids(args: string): Promise<string[]> {
  const { runs } = await server.data(`{ runs(first: 200, ${args}) { totalCount nodes { runId } } }`);
  expect(runs.totalCount).toBe(runs.nodes.length);
  return runs.nodes.map(({ runId }: { runId: string }) => runId);
}

const metric = (bounds: string) =>
  `where: {metrics: [{key: "accuracy", ${bounds}}]}, orderBy: {field: CREATED_AT, direction: ASC}`;

describe("runs are found", () => {
  test.each([
    ["by a bound on a latest value", metric("gte: 0.9"), ["r00", "r01", "r04"]],
    ["by an open bound", metric("gt: 0.9"), ["r04"]],
    ["by two bounds, infinities included", metric('gte: "-Infinity", lte: 0.1'), ["r03", "r05", "r06"]],
    ["by a value that is none", metric('equals: "NaN"'), ["r02"]],
    [
      "by a metric that they have",
      `where: {metrics: [{key: "accuracy"}]}, orderBy: {field: CREATED_AT, direction: ASC}`,
      ["r00", "r01", "r02", "r03", "r04", "r05", "r06"],
    ],
    ["by params, all of them", `where: {params: [{key: "parity", value: "1"}, {key: "i", value: "7"}]}`, ["r07"]],
    ["by a tag", `where: {tag: {key: "i", value: "12"}}`, ["r12"]],
    ["by status", "where: {status: [FAILED]}", ["r01"]],
    ["by name and experiment", `where: {name: {equals: "run 3"}, experiment: {equals: "small"}}`, ["r03"]],
    ["by what they read", `where: {input: {identity: {name: "d", digest: "1"}}}`, ["r02"]],
    [
      "by time",
      `where: {startedAt: {gte: "2026-01-01T00:00:58Z"}, user: "ada"}, orderBy: {field: STARTED_AT, direction: ASC}`,
      ["r01", "r00"],
    ],
    ["by what does not hold", `where: {experiment: {equals: "small"}, NOT: {OR: [{status: [RUNNING]}]}}`, ["r01"]],
    ["once they were deleted", "where: {deleted: ONLY}", ["r59"]],
    [
      "in the order of a metric",
      `orderBy: {field: METRIC, metric: "accuracy"}`,
      ["r04", "r01", "r00", "r06", "r03", "r05"],
    ],
    [
      "in the opposite order, within a filter",
      `orderBy: {field: METRIC, metric: "accuracy", direction: ASC}, where: {params: [{key: "parity", value: "0"}]}`,
      ["r06", "r00", "r04"],
    ],
    [
      "in the order of a param, as text, without the runs that lack it",
      `orderBy: {field: PARAM, param: "depth", direction: ASC}`,
      ["r41", "r40", "r42"],
    ],
    [
      "in the opposite order of a param, within a filter",
      `orderBy: {field: PARAM, param: "i"}, where: {experiment: {equals: "small"}, params: [{key: "parity", value: "1"}]}`,
      ["r05", "r03", "r01"],
    ],
  ])("%s", async (_how, args, expected) => {
    expect(await ids(args)).toEqual(expected);
  });

  test.each([
    ["where.metrics[0].gte", `where: {metrics: [{key: "accuracy", gte: "NaN"}]}`],
    ["orderBy.metric", "orderBy: {field: METRIC}"],
    ["orderBy.param", `orderBy: {field: PARAM, metric: "depth"}`],
    ["where.parent", `where: {parent: "a/b"}`],
  ])("a wrong %s is refused", async (field, args) => {
    const { errors } = await server.request(`{ runs(${args}) { totalCount } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field });
  });

  test("below an experiment by time, not by a metric or a param", async () => {
    const { experiment } = await server.data(
      `{ experiment(name: "small") { runs(first: 2, orderBy: {field: STARTED_AT}) { totalCount nodes { runId } } } }`,
    );
    expect(experiment.runs).toEqual({ totalCount: 7, nodes: [{ runId: "r00" }, { runId: "r01" }] });
    for (const order of [`METRIC, metric: "accuracy"`, `PARAM, param: "i"`]) {
      const { errors } = await server.request(
        `{ experiment(name: "small") { runs(orderBy: {field: ${order}}) { totalCount } } }`,
      );
      expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field: "orderBy.field" });
    }
  });
});

describe("pages", () => {
  const walk = async (
    list: string,
    path: (data: never) => {
      nodes: unknown[];
      pageInfo: { endCursor: string; startCursor: string; hasNextPage: boolean; hasPreviousPage: boolean };
    },
    backward = false,
  ) => {
    const found: unknown[] = [];
    let cursor = "";
    for (let more = true; more; ) {
      const page = path(
        (await server.data(
          list.replace(
            "PAGE",
            backward ? `last: 2 ${cursor && `before: "${cursor}"`}` : `first: 2 ${cursor && `after: "${cursor}"`}`,
          ),
        )) as never,
      );
      if (backward) found.unshift(...page.nodes);
      else found.push(...page.nodes);
      cursor = backward ? page.pageInfo.startCursor : page.pageInfo.endCursor;
      more = backward ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage;
    }
    return found;
  };
  const INFO = "pageInfo { startCursor endCursor hasNextPage hasPreviousPage }";

  test.each([false, true])("of runs by a metric, over equal values (backward: %s)", async (backward) => {
    const list = `{ list: runs(PAGE orderBy: {field: METRIC, metric: "accuracy"}) { nodes { runId } ${INFO} } }`;
    const found = await walk(list, ({ list: page }) => page, backward);
    expect(found).toEqual(["r04", "r01", "r00", "r06", "r03", "r05"].map((runId) => ({ runId })));
  });

  test.each([false, true])("of a metric's history, over equal and negative steps (backward: %s)", async (backward) => {
    await server.data(
      `mutation { logBatch(input: {run: "r20", metrics: [${[-3, -3, 0, 5, 5].map((step, i) => `{key: "h", value: ${i}, step: ${step}, timestamp: "2026-01-01T00:00:0${i}Z"}`)}]}) { run { id } } }`,
    );
    const list = `{ run(id: "r20") { list: metricHistory(PAGE key: "h") { nodes { step value } ${INFO} } } }`;
    const found = await walk(list, ({ run }: { run: { list: never } }) => run.list, backward);
    expect(found).toEqual(
      [
        [-3, 0],
        [-3, 1],
        [0, 2],
        [5, 3],
        [5, 4],
      ].map(([step, value]) => ({ step, value })),
    );
  });

  test.each(["experiments", "datasets", "runs"])("a cursor of %s is refused under another filter", async (field) => {
    const { list } = await server.data(`{ list: ${field}(first: 1) { pageInfo { endCursor } } }`);
    const { errors } = await server.request(
      `{ ${field}(after: "${list.pageInfo.endCursor}", where: {tag: {key: "k"}}) { totalCount } }`,
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field: "after" });
  });
});

test("a page of 50 runs with params and latest metrics is one statement that reads no metric points", async () => {
  const PAGE = `{ runs(first: 50, where: {experiment: {equals: "large"}}) { nodes { name status params { key value } metrics { key value step } experiment { name } inputs { nodes { dataset { name } } } } } }`;
  const { result, statements } = await recordStatements(() => server.data(PAGE));
  expect(result.runs.nodes).toHaveLength(50);
  const own = statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text));
  expect(own).toHaveLength(1);
  expect(own[0]?.text).not.toContain("MetricPoint");
});

describe("metricSeries", () => {
  const ask = (args: string) =>
    server
      .data(`{ metricSeries(${args}) { key run { runId } count sampled points { x step value } } }`)
      .then(({ metricSeries }) => metricSeries);

  test("keeps the first, last, lowest and highest value of each bucket, in one statement for all runs", async () => {
    const { result, statements } = await recordStatements(() =>
      server.data(
        `{ metricSeries(runs: ["r10", "r00", "r11"], keys: ["loss", "accuracy"], maxPoints: 8) { key count sampled points { x value } } }`,
      ),
    );
    expect(result.metricSeries).toEqual([
      {
        key: "loss",
        count: 1000,
        sampled: true,
        points: [
          { x: 0, value: 1 },
          { x: 332, value: 1 / 333 },
          { x: 333, value: 50 },
          { x: 499, value: 1 / 500 },
          { x: 500, value: 1 / 501 },
          { x: 999, value: 1 / 1000 },
        ].filter(({ x }) => x !== 332),
      },
      {
        key: "accuracy",
        count: 2,
        sampled: false,
        points: [
          { x: 1, value: 0.3 },
          { x: 2, value: 0.9 },
        ],
      },
    ]);
    const own = statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text));
    expect(own).toHaveLength(1);
    const [statement] = own;
    expect(statement && (await countRowsRead(server.database.pool, statement))).toBeLessThan(3_000);
  });

  test("within a range, and along a time axis", async () => {
    expect(await ask(`runs: ["r10"], keys: ["loss"], range: {gte: 332, lte: 334}`)).toMatchObject([
      { count: 3, sampled: false, points: [{ x: 332 }, { x: 333, value: 50 }, { x: 334 }] },
    ]);
    expect(await ask(`runs: ["r20"], keys: ["h"], x: TIMESTAMP`)).toMatchObject([
      { points: [0, 1, 2, 3, 4].map((i) => ({ x: Date.UTC(2026, 0, 1) + i * 1000, value: i })) },
    ]);
    expect(await ask(`runs: ["r20"], keys: ["h"], x: ELAPSED`)).toMatchObject([
      { points: [0, 1, 2, 3, 4].map((i) => ({ x: (i - 39) * 1000 })) },
    ]);
    expect(await ask(`runs: ["r02"], keys: ["accuracy"], maxPoints: 4`)).toMatchObject([
      { points: [{ value: 0.3 }, { value: "NaN" }] },
    ]);
  });

  test("leaves out what the viewer may not see", async () => {
    const { metricSeries } = await server.data(
      `{ metricSeries(runs: ["r00", "r10"], keys: ["accuracy", "loss"]) { run { runId } } }`,
      {},
      { experiments: ["sm*"] },
    );
    expect(metricSeries).toEqual([{ run: { runId: "r00" } }]);
  });

  test.each([
    ["maxPoints", `runs: [], keys: [], maxPoints: 3`],
    ["runs", `runs: [${'"a",'.repeat(51)}], keys: []`],
    ["runs[0]", `runs: ["/"], keys: []`],
  ])("refuses a wrong %s", async (field, args) => {
    const { errors } = await server.request(`{ metricSeries(${args}) { count } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field });
  });
});

test("versions are compared with the differing rows first", async () => {
  await server.data(`mutation {
    a: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1", run: "r00", tags: [{key: "same", value: "1"}, {key: "other", value: "1"}]}) { modelVersion { id } }
    b: createModelVersion(input: {model: {name: "m"}, source: "s3://b/2", run: "r02", tags: [{key: "same", value: "1"}]}) { modelVersion { id } }
    c: createModelVersion(input: {model: {name: "m"}, source: "s3://b/3", run: "r03"}) { modelVersion { id } }
  }`);
  const refs = [1, 2, 3].map((number) => `{number: {model: "m", number: ${number}}}`);
  const ASK = `{ compareVersions(versions: [${refs}]) { versions { number } params { key values differs } metrics { key steps values deltas differs } inputs { name kind present differs } tags { key values differs } } }`;
  expect((await server.data(ASK)).compareVersions).toEqual({
    versions: [{ number: 1 }, { number: 2 }, { number: 3 }],
    params: [
      { key: "i", values: ["0", "2", "3"], differs: true },
      { key: "parity", values: ["0", "0", "1"], differs: true },
    ],
    metrics: [
      { key: "accuracy", steps: [2, 2, 2], values: [0.9, "NaN", -0.5], deltas: [0, "NaN", -1.4], differs: true },
    ],
    inputs: [{ name: "d@1", kind: "DATASET", present: [false, true, false], differs: true }],
    tags: [
      { key: "other", values: ["1", null, null], differs: true },
      { key: "same", values: ["1", "1", null], differs: true },
    ],
  });
  const narrow = (await server.data(ASK, {}, { experiments: ["large"] })).compareVersions;
  expect(narrow).toMatchObject({ params: [], metrics: [], inputs: [] });
  const { errors } = await server.request(
    `{ compareVersions(versions: [${refs[0]}, {number: {model: "m", number: 9}}]) { tags { key } } }`,
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND", field: "versions[1]" });
  expect(
    (await server.request("{ compareVersions(versions: []) { tags { key } } }")).errors?.[0]?.extensions,
  ).toMatchObject({ code: "INVALID_INPUT" });
});
