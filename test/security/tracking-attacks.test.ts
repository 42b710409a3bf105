import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordStatements } from "../support/database/statements.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { mallory, refusals } from "./authorization/fixture.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation {
    r: createRun(input: {experiment: {name: "e"}, createExperiment: true, runId: "r", name: "n", params: [{key: "p", value: "hush"}]}) { run { id } }
    s: createRun(input: {experiment: {name: "e"}, runId: "nameless"}) { run { id } }
    d: registerDataset(input: {name: "d", digest: "1", source: "s3://secret/d"}) { created }
    i: logInputs(input: {run: "r", datasets: [{dataset: {name: "d", digest: "1"}}]}) { run { id } }
    m: logBatch(input: {run: "r", metrics: [{key: "on", value: 1, dataset: {identity: {name: "d", digest: "1"}}}]}) { run { id } }
  }`);
});
afterAll(() => server.stop());

const LOG = "mutation ($input: LogBatchInput!) { logBatch(input: $input) { run { metrics { value } } } }";
const FIND = "query ($where: RunFilter) { runs(where: $where) { totalCount } }";
const times = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i));
const codeOf = async (document: string, variables = {}) =>
  (await server.request(document, variables)).errors?.[0]?.extensions.code ?? "done";

describe("a flood", () => {
  const tag = (i: number) => ({ tag: { key: `k${i}`, value: "v" } });
  const param = (i: number) => ({ key: `k${i}`, value: "v" });
  const metric = (i: number) => ({ key: `k${i}`, gte: 0 });

  test.each([
    ["params", (n: number) => ({ params: times(n, param) })],
    ["metrics", (n: number) => ({ metrics: times(n, metric) })],
    ["tags", (n: number) => ({ AND: times(n, tag) })],
    ["parents", (n: number) => ({ OR: times(n, (i) => ({ parent: `r${i}` })) })],
    [
      "them all",
      (n: number) => ({ params: times(n - 20, param), AND: [{ metrics: times(10, metric) }, ...times(10, tag)] }),
    ],
  ])("of conditions on %s is refused before the database plans it", async (_what, where) => {
    expect(await codeOf(FIND, { where: where(30) })).toBe("done");
    const { result, statements } = await recordStatements(() => codeOf(FIND, { where: where(31) }));
    expect(result).toBe("INVALID_INPUT");
    expect(statements).toEqual([]);
  });

  test("of points in a plot is refused by its number", async () => {
    const plot = (runs: number, maxPoints: number) =>
      codeOf(
        "query ($runs: [ID!]!, $keys: [String!]!, $maxPoints: Int) { metricSeries(runs: $runs, keys: $keys, maxPoints: $maxPoints) { points { x value } } }",
        {
          runs: times(runs, (i) => `r${i}`),
          keys: times(10, (i) => `k${i}`),
          maxPoints,
        },
      );
    expect(await plot(10, 500)).toBe("done");
    expect(await plot(50, 5_000)).toBe("TOO_COMPLEX");
  });

  test("that is the largest allowed batch is accepted", async () => {
    const key = (i: number) => `${"😀".repeat(246)}${String(i).padStart(4, "0")}`;
    const timestamp = "2026-01-01T00:00:00.000Z";
    const input = {
      run: "nameless",
      metrics: times(1_000, (i) => ({ key: key(i), value: i, step: i, timestamp })),
      params: times(100, (i) => ({ key: key(i), value: "😀".repeat(6_000) })),
      tags: times(100, (i) => ({ key: key(i), value: "😀".repeat(8_000) })),
    };
    expect(await codeOf(LOG, { input })).toBe("done");
  });
});

test("a number beyond the range of doubles is not stored as infinity", async () => {
  for (const value of ["1e400", "-1e400", '"1"', '"nan"', "true"]) {
    const document = `mutation { logBatch(input: {run: "r", metrics: [{key: "k", value: ${value}}]}) { run { id } } }`;
    expect(await codeOf(document), value).not.toBe("done");
  }
  expect((await server.data(`{ run(id: "r") { metrics(keys: ["k"]) { value } } }`)).run.metrics).toEqual([]);
});

test("a filter without a condition excludes nothing, and its NOT finds runs without a value", async () => {
  const { a, b, c, d } =
    await server.data(`{ a: runs(where: {name: {}}) { totalCount } b: runs(where: {name: {equals: null}}) { totalCount }
    c: runs(where: {NOT: {name: {equals: "n"}}}) { nodes { runId } } d: runs(where: {NOT: {user: "u"}}) { totalCount } }`);
  expect([a, b, d]).toEqual([{ totalCount: 2 }, { totalCount: 2 }, { totalCount: 2 }]);
  expect(c.nodes).toEqual([{ runId: "nameless" }]);
});

test("a wrong guess reveals no param value to a token that may write but not read", async () => {
  const guess = { input: { run: "r", params: [{ key: "p", value: "guess" }] } };
  const [blind] = (await server.request(LOG, guess, mallory(["runs:write"]))).errors ?? [];
  expect(blind?.extensions).toMatchObject({ code: "CONFLICT", field: "input.params[0].value", key: "p" });
  expect(JSON.stringify(blind)).not.toContain("hush");
  const [seen] = (await server.request(LOG, guess, mallory(["runs:write", "runs:read"]))).errors ?? [];
  expect(seen?.extensions.value).toBe("hush");
});

test("no path reveals a dataset's source", async () => {
  const ways = [
    `datasets { nodes { at: source } }`,
    `run(id: "r") { inputs { nodes { dataset { at: source } } } }`,
    `run(id: "r") { metrics { dataset { at: source } } }`,
    `metricSeries(runs: ["r"], keys: ["on"]) { dataset { at: source } }`,
    `lineage(of: {run: "r"}, direction: UPSTREAM) { nodes { node { ... on Dataset { at: source } } } }`,
  ];
  for (const way of ways) {
    const answer = await server.request(`{ ${way} }`, {}, mallory(["runs:read"]));
    expect(refusals(answer), way).toEqual([
      { path: expect.arrayContaining(["at"]), code: "FORBIDDEN", requiredScopes: ["artifacts:read"] },
    ]);
    expect(JSON.stringify(answer)).not.toContain("secret");
    expect(JSON.stringify(await server.data(`{ ${way} }`, {}, mallory(["runs:read", "artifacts:read"])))).toContain(
      "secret",
    );
  }
  const registration = `mutation { registerDataset(input: {name: "d", digest: "1", source: "s3://guess", ifExists: RETURN}) { dataset { at: source } } }`;
  expect(refusals(await server.request(registration, {}, mallory(["runs:read", "runs:write"])))).toHaveLength(1);
  for (const where of [`{OR: [{source: {equals: "x"}}]}`, `{NOT: {AND: [{source: {}}]}}`]) {
    const answer = await server.request(`{ datasets(where: ${where}) { totalCount } }`, {}, mallory(["runs:read"]));
    expect(refusals(answer)).toMatchObject([{ requiredScopes: ["artifacts:read"] }]);
  }
});

test("with an empty experiments claim no run can be seen or created", async () => {
  const none = { experiments: [] };
  expect(
    await server.data(
      '{ runs { totalCount } experiments { totalCount } datasets { totalCount } dataset(name: "d", digest: "1") { id } }',
      {},
      none,
    ),
  ).toEqual({
    runs: { totalCount: 0 },
    experiments: { totalCount: 0 },
    datasets: { totalCount: 0 },
    dataset: null,
  });
  const make = `mutation { createRun(input: {experiment: {name: "e"}}) { run { id } } }`;
  expect((await server.request(make, {}, none)).errors?.[0]?.extensions.code).toBe("NOT_FOUND");
});

test("a page of 20 runs executes as many statements as one of 3, whatever is selected", async () => {
  const runs = times(
    20,
    (
      i,
    ) => `r${i}: createRun(input: {experiment: {name: "page"}, createExperiment: true, runId: "page-${i}", parent: "r"}) { run { id } }
    m${i}: logBatch(input: {run: "page-${i}", metrics: [{key: "a", value: ${i}}, {key: "b", value: 1, step: 3}]}) { run { id } }`,
  );
  await server.data(`mutation { ${runs.join("\n")} }`);
  const cost = async (first: number, fields: string) => {
    const document = `{ runs(first: ${first}, where: {experiment: {equals: "page"}}) { totalCount nodes { ${fields} } } }`;
    const { statements, result } = await recordStatements(() => server.data(document));
    expect(result.runs.nodes).toHaveLength(first);
    return statements.length;
  };
  for (const fields of [
    `metrics { key value dataset { name } } a: metricHistory(key: "a", last: 1) { nodes { value } } b: metricHistory(key: "b", first: 2) { totalCount nodes { step } }`,
    `x: children(first: 1) { totalCount nodes { runId } } y: children(first: 2) { nodes { params { key } } } m: metrics(keys: ["a"]) { value } n: metrics(keys: ["b"]) { value }`,
    `parent { runId parent { name } } experiment { name tag(key: "t") runs(first: 1) { totalCount } } inputs { totalCount } outputs { totalCount } param(key: "p") tag(key: "t") tags { key }`,
  ]) {
    expect(await cost(20, fields)).toBe(await cost(3, fields));
    expect(await cost(3, fields)).toBeLessThanOrEqual(8);
  }
});
