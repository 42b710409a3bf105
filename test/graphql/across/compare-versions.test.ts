import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
const AT = "2026-01-01T00:00:00Z";
const LATER = "2026-01-02T00:00:00Z";

/** Three versions of one model, trained for 30, 50 and 100 steps, and one without a run. */
beforeAll(async () => {
  server = await startTestServer();
  const metric = (value: string | number, step: number, more = "") =>
    `{ key: "auc", value: ${value}, step: ${step}, timestamp: "${AT}"${more} }`;
  const dataset = `, dataset: { identity: { name: "d", digest: "1" } }`;
  const runs = [
    [metric(0.5, 10), metric(0.625, 30)],
    [metric(0.75, 50), metric(0.25, 10).replace(AT, LATER), metric(0.5, 10), metric(0.5, 50, dataset)],
    [metric(0.875, 100), `{ key: "loss", value: 1, step: 100, timestamp: "${AT}" }`, metric(`"NaN"`, 40, dataset)],
  ];
  await server.data(`mutation {
    registerDataset(input: { name: "d", digest: "1" }) { dataset { id } }
    createExperiment(input: { name: "e" }) { experiment { id } }
    ${runs
      .map(
        (metrics, i) => `
      run${i}: createRun(input: { experiment: { name: "e" }, runId: "r${i}" }) { run { id } }
      log${i}: logBatch(input: { run: "r${i}", metrics: [${metrics}] }) { run { id } }
      version${i}: createModelVersion(input: { model: { name: "m" }, createModel: true, source: "s3://b/m", run: "r${i}" }) { modelVersion { id } }`,
      )
      .join("")}
    bare: createModelVersion(input: { model: { name: "m" }, source: "s3://b/m" }) { modelVersion { id } }
  }`);
});
afterAll(() => server.stop());

async function compare(numbers: readonly number[], step = "") {
  const refs = numbers.map((number) => `{ number: { model: "m", number: ${number} } }`);
  const { compareVersions } = await server.data(
    `{ compareVersions(versions: [${refs}]) { metrics${step} { key dataset { name } steps values deltas differs } } }`,
  );
  return compareVersions.metrics;
}

test("the latest value of each version is in one row, with its step and its delta", async () => {
  expect(await compare([1, 2, 3, 4])).toEqual([
    {
      key: "auc",
      dataset: null,
      steps: [30, 50, 100, null],
      values: [0.625, 0.75, 0.875, null],
      deltas: [0, 0.125, 0.25, null],
      differs: true,
    },
    {
      key: "auc",
      dataset: { name: "d" },
      steps: [null, 50, 40, null],
      values: [null, 0.5, "NaN", null],
      deltas: [null, null, null, null],
      differs: true,
    },
    {
      key: "loss",
      dataset: null,
      steps: [null, null, 100, null],
      values: [null, null, 1, null],
      deltas: [null, null, null, null],
      differs: true,
    },
  ]);
});

test("equal values at different steps do not differ", async () => {
  expect(await compare([1, 1])).toMatchObject([{ steps: [30, 30], deltas: [0, 0], differs: false }]);
});

test("a given step has the latest value at that step, and only the metrics that have one", async () => {
  expect(await compare([1, 2, 3], "(step: 10)")).toEqual([
    {
      key: "auc",
      dataset: null,
      steps: [10, 10, null],
      values: [0.5, 0.25, null],
      deltas: [0, -0.25, null],
      differs: true,
    },
  ]);
  expect(await compare([1, 2, 3], "(step: 11)")).toEqual([]);
  expect(await compare([1, 2, 3], "(step: -9007199254740991)")).toEqual([]);
  expect(await compare([4], "(step: 10)")).toEqual([]);
});

test("runs that the viewer may not see are left out, with and without a step", async () => {
  const ask = (step: string) =>
    server.data(
      `{ compareVersions(versions: [{ number: { model: "m", number: 1 } }]) { metrics${step} { key } } }`,
      {},
      { experiments: ["other"] },
    );
  expect((await ask("")).compareVersions.metrics).toEqual([]);
  expect((await ask("(step: 10)")).compareVersions.metrics).toEqual([]);
});
