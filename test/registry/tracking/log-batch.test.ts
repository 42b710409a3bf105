import { describe, expect, test } from "vitest";
import { recordStatements } from "../../support/database/statements.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`registerDataset(input: {name: "d", digest: "1"}) { created }`);
let runs = 0;

async function newRun(): Promise<string> {
  const runId = `run-${++runs}`;
  await commands.data(
    `mutation { createRun(input: {experiment: {name: "e"}, createExperiment: true, runId: "${runId}"}) { run { id } } }`,
  );
  return runId;
}

const LOG = "mutation ($input: LogBatchInput!) { logBatch(input: $input) { run { id } } }";
const log = (run: string, input: object) => commands.data(LOG, { input: { run, ...input } });
const READ = `query ($run: ID!) { run(id: $run) { params { key value } tags { key value } metrics { key value step dataset { digest } }
  metricHistory(key: "m", first: 200) { totalCount nodes { step value timestamp } } } }`;
const read = async (run: string) => (await commands.data(READ, { run })).run;
const at = (ms: number) => new Date(1_767_225_600_000 + ms).toISOString();

const EVENTS = `query ($after: String!) { events(after: $after, first: 200) { nodes {
  type ... on RunTagSetEvent { key value previousValue } commit { index size }
} } }`;
const eventsSince = async (after: string) => (await commands.data(EVENTS, { after })).events.nodes;
const head = async () => (await commands.data("{ head { cursor } }")).head.cursor as string;

test("writes everything, also if it is sent twice, and emits events for the tags only", async () => {
  const run = await newRun();
  const before = await head();
  const batch = {
    metrics: [
      { key: "m", value: 0.5, step: 2, timestamp: at(2) },
      { key: "m", value: 0.25, step: 1, timestamp: at(1) },
      { key: "m", value: 9, step: 1, timestamp: at(1), dataset: { identity: { name: "d", digest: "1" } } },
    ],
    params: [{ key: "lr", value: "0.1" }],
    tags: [{ key: "t", value: "v" }],
  };
  await log(run, batch);
  const first = await read(run);
  expect(first).toMatchObject({
    params: [{ key: "lr", value: "0.1" }],
    tags: [{ key: "t", value: "v" }],
    metrics: [
      { key: "m", value: 0.5, step: 2, dataset: null },
      { key: "m", value: 9, step: 1, dataset: { digest: "1" } },
    ],
    metricHistory: {
      totalCount: 2,
      nodes: [
        { step: 1, value: 0.25 },
        { step: 2, value: 0.5 },
      ],
    },
  });
  await log(run, batch);
  expect(await read(run)).toEqual(first);
  expect(await eventsSince(before)).toMatchObject([{ type: "RUN_TAG_SET", key: "t", value: "v" }]);
});

test("emits an event for each tag that changes, as setTag does", async () => {
  const run = await newRun();
  const tags = (values: Record<string, string>) => ({
    tags: Object.entries(values).map(([key, value]) => ({ key, value })),
  });
  await log(run, tags({ same: "1", changed: "1" }));
  const before = await head();
  await log(run, tags({ same: "1", changed: "2", added: "1" }));
  expect(await eventsSince(before)).toEqual([
    { type: "RUN_TAG_SET", key: "changed", value: "2", previousValue: "1", commit: { index: 0, size: 2 } },
    { type: "RUN_TAG_SET", key: "added", value: "1", previousValue: null, commit: { index: 1, size: 2 } },
  ]);
});

test("stores NaN and infinities, and the latest point by step, time and value", async () => {
  const run = await newRun();
  const m = (value: unknown, step: number, ms = 0) => ({ key: "m", value, step, timestamp: at(ms) });
  await log(run, {
    metrics: [m("NaN", -5), m("-Infinity", 3), m("Infinity", 4), m(-0.0, 5), m(1e308, 9_007_199_254_740_991)],
  });
  await log(run, { metrics: [m(1, 2), m(5e-324, 6)] });
  const { metrics, metricHistory } = await read(run);
  expect(metrics).toMatchObject([{ value: 1e308, step: 9_007_199_254_740_991 }]);
  expect(metricHistory.nodes.map(({ value }: { value: unknown }) => value)).toEqual([
    "NaN",
    1,
    "-Infinity",
    "Infinity",
    0,
    5e-324,
    1e308,
  ]);
  await log(run, { metrics: [m(7, 9_007_199_254_740_991, 1), m(3, 9_007_199_254_740_991, 1)] });
  expect((await read(run)).metrics).toMatchObject([{ value: 7 }]);
  const literal = `mutation { logBatch(input: {run: "${run}", metrics: [{key: "l", value: "NaN"}, {key: "k", value: 1}]}) { run { metrics(keys: ["l", "k"]) { value } } } }`;
  expect((await commands.data(literal)).logBatch.run.metrics).toEqual([{ value: 1 }, { value: "NaN" }]);
});

test("costs a fixed number of statements", async () => {
  const cost = async (metrics: number, rest: number) => {
    const run = await newRun();
    const input = {
      metrics: Array.from({ length: metrics }, (_, i) => ({ key: `m${i % 7}`, value: i, step: i, timestamp: at(i) })),
      params: Array.from({ length: rest }, (_, i) => ({ key: `p${i}`, value: "v" })),
      tags: Array.from({ length: rest }, (_, i) => ({ key: `t${i}`, value: "v" })),
    };
    const { statements } = await recordStatements(() => log(run, input));
    expect((await commands.data(`{ run(id: "${run}") { metrics { key } params { key } } }`)).run.params).toHaveLength(
      rest,
    );
    return statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text)).length;
  };
  expect(await cost(1000, 100)).toBe(await cost(1, 1));
});

test("twenty concurrent writers of one run lose nothing and do not deadlock", async () => {
  const run = await newRun();
  await Promise.all(
    Array.from({ length: 20 }, (_, writer) =>
      log(run, {
        metrics: Array.from({ length: 20 }, (_each, i) => ({
          key: `k${(i * 7 + writer) % 5}`,
          value: writer,
          step: i,
          timestamp: at(writer),
        })),
        tags: [
          { key: `t${writer % 3}`, value: String(writer) },
          { key: `t${(writer + 1) % 3}`, value: "x" },
        ],
      }),
    ),
  );
  const { rows } = await commands.server.database.pool.query(
    `SELECT count(*)::int AS "points" FROM "MetricPoint" AS p JOIN "MetricSeries" AS s ON s."id" = p."seriesId" WHERE s."runId" = $1`,
    [run],
  );
  expect(rows[0].points).toBe(400);
  const drift = await commands.server.database.pool.query(
    `SELECT FROM "MetricSeries" AS s WHERE (s."step", s."timestamp", s."rank") <> (
       SELECT p."step", p."timestamp", p."rank" FROM "MetricPoint" AS p WHERE p."seriesId" = s."id" ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT 1)`,
  );
  expect(drift.rowCount, "every latest is the latest").toBe(0);
});

test("of many concurrent writers of one param, one succeeds", async () => {
  const run = await newRun();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      commands.request(LOG, { input: { run, params: [{ key: "p", value: String(i) }] } }),
    ),
  );
  const refused = answers.filter(({ errors }) => errors);
  expect(refused).toHaveLength(7);
  const [{ value }] = (await read(run)).params;
  for (const { errors } of refused) {
    expect(errors?.[0]?.extensions).toMatchObject({
      code: "CONFLICT",
      field: "input.params[0].value",
      key: "p",
      value,
    });
  }
});

describe("writes nothing if one entry is refused", () => {
  const good = { key: "m", value: 1, step: 1, timestamp: at(0) };
  const many = (length: number) => Array.from({ length }, (_, i) => ({ key: `k${i}`, value: "v" }));
  test.each([
    ["input.metrics[1].value", { metrics: [good, { ...good, value: "much" }] }],
    ["input.metrics[1].value", { metrics: [good, { ...good, value: null }] }],
    ["input.metrics[1].step", { metrics: [good, { ...good, step: 1.5 }] }],
    ["input.metrics[1].step", { metrics: [good, { ...good, step: 2 ** 53 }] }],
    ["input.metrics[1].timestamp", { metrics: [good, { ...good, timestamp: "1969-12-31T23:59:59.999Z" }] }],
    ["input.metrics[1].timestamp", { metrics: [good, { ...good, timestamp: "yesterday" }] }],
    ["input.metrics[1].key", { metrics: [good, { ...good, key: " " }] }],
    ["input.metrics[1].key", { metrics: [good, { ...good, key: "x".repeat(251) }] }],
    [
      "input.metrics[1].dataset",
      { metrics: [good, { ...good, dataset: { identity: { name: "d", digest: "none" } } }] },
      "NOT_FOUND",
    ],
    ["input.metrics", { metrics: Array.from({ length: 1001 }, () => good) }],
    ["input.params", { metrics: [good], params: many(101) }],
    ["input.params[1].value", { metrics: [good], params: [...many(1), { key: "q", value: "x".repeat(6001) }] }],
    ["input.params[1].key", { metrics: [good], params: [...many(1), ...many(1)] }],
    ["input.tags", { metrics: [good], tags: many(101) }],
    ["input.tags[0].value", { metrics: [good], tags: [{ key: "t", value: "x".repeat(8001) }] }],
  ])("%s %#", async (field, input, code = "INVALID_INPUT") => {
    const run = await newRun();
    const { errors } = await commands.request(LOG, { input: { run, ...input } });
    expect(errors?.[0]?.extensions).toMatchObject({ code, field });
    expect(await read(run)).toMatchObject({ params: [], tags: [], metrics: [], metricHistory: { totalCount: 0 } });
  });

  test("a param that has another value already", async () => {
    const run = await newRun();
    await log(run, { params: [{ key: "p", value: "1" }] });
    const { errors } = await commands.request(LOG, {
      input: {
        run,
        metrics: [good],
        params: [
          { key: "a", value: "1" },
          { key: "p", value: "2" },
        ],
      },
    });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: "CONFLICT",
      field: "input.params[1].value",
      key: "p",
      value: "1",
    });
    expect(await read(run)).toMatchObject({ params: [{ key: "p", value: "1" }], metrics: [] });
    await expect(commands.server.database.pool.query(`UPDATE "RunParam" SET "value" = '2'`)).rejects.toThrow(
      "append-only",
    );
  });

  test("a run that has ended", async () => {
    const run = await newRun();
    await commands.data(`mutation { finishRun(input: {run: "${run}", status: KILLED}) { run { id } } }`);
    for (const mutation of [
      `logBatch(input: {run: "${run}", tags: [{key: "t", value: "v"}]})`,
      `logInputs(input: {run: "${run}", datasets: [{dataset: {name: "d", digest: "1"}}]})`,
      `logOutputs(input: {run: "${run}", datasets: [{name: "d", digest: "1"}]})`,
    ]) {
      const { errors } = await commands.request(`mutation { ${mutation} { run { id } } }`);
      expect(errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", field: "input.run", status: "KILLED" });
    }
  });
});
