import { afterAll, beforeAll, expect, test } from "vitest";
import { type List, orders, readPage, refusalOfPage } from "../../support/lists.js";
import { startTestServer, type TestServer } from "../../support/server.js";

const ROWS = 8;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(
    `mutation { createRun(input: {experiment: {name: "e"}, createExperiment: true, runId: "p"}) { run { id } } }`,
  );
  for (let i = 0; i < ROWS; i++) await add(i);
});
afterAll(() => server.stop());

/** Creates one more of each noun. Several have the same time and value, so that only their ids differ. */
async function add(i: number): Promise<void> {
  await server.data(`mutation {
    e: createExperiment(input: {name: "e-${i}"}) { created }
    d: registerDataset(input: {name: "d-${i % 3}", digest: "${i}"}) { created }
    r: createRun(input: {experiment: {name: "e"}, runId: "r-${i}", parent: "p", params: [{key: "depth", value: "${i % 2}"}], startedAt: "2026-01-0${1 + (i % 3)}T00:00:00Z"}) { run { id } }
    m: logBatch(input: {run: "r-${i}", metrics: [{key: "auc", value: ${i % 3 === 0 ? '"-Infinity"' : i % 2}}]}) { run { id } }
  }`);
}

const ofExperiment = (selection: string) => `{ experiment(name: "e") { ${selection} } }`;
const ofRun = (selection: string) => `{ run(id: "p") { ${selection} } }`;
const byTime = ["CREATED_AT", "STARTED_AT"];
const LISTS: List[] = [
  ...orders("experiments", ["NAME", "CREATED_AT", "UPDATED_AT"]),
  ...orders("datasets", ["NAME", "CREATED_AT"]),
  ...orders("runs", [...byTime, 'METRIC, metric: "auc"', 'PARAM, param: "depth"']),
  ...orders("runs", byTime, ofExperiment),
  ...orders("children", byTime, ofRun),
];
const titled = LISTS.map((list) => ({ ...list, title: `${list.field} ${list.args}` }));

/** All ids from one end to the other, two on a page, with a change after the first page. */
async function walk(list: List, forward: boolean, meanwhile: () => Promise<unknown>): Promise<string[]> {
  const all: string[] = [];
  for (let cursor: string | null = null, more = true; more; ) {
    const from = cursor === null ? "" : `, ${forward ? "after" : "before"}: "${cursor}"`;
    const { ids, info } = await readPage(server, list, `${forward ? "first" : "last"}: 2${from}`);
    if (forward) all.push(...ids);
    else all.unshift(...ids);
    if (cursor === null) await meanwhile();
    more = forward ? info.hasNextPage : info.hasPreviousPage;
    cursor = forward ? info.endCursor : info.startCursor;
  }
  return all;
}

test.each(titled)(
  "a walk of $title returns every row once and in order, whatever is inserted and deleted",
  async (list) => {
    for (const forward of [true, false]) {
      const { ids: before } = await readPage(server, list, "first: 200");
      expect(before.length).toBeGreaterThanOrEqual(ROWS);
      const gone = before[forward ? 1 : before.length - 2] as string;
      const act = { experiments: "Experiment", datasets: "Dataset" }[list.field] ?? "Run";
      const ref = act === "Run" ? `run: "${gone}"` : `${act.toLowerCase()}: {id: "${gone}"}`;
      const back = act === "Run" ? ref : `id: "${gone}"`;
      const seen = await walk(list, forward, () =>
        server.data(`mutation { delete${act}(input: {${ref}, force: true}) { deletedId } }`),
      );
      expect(seen, "a row that was shown and then deleted ends nothing").toEqual(before);
      await server.data(`mutation { restore${act}(input: {${back}}) { __typename } }`);
    }
  },
);

test("a cursor of one list, order or metric is refused for another", async () => {
  const more = ['METRIC, metric: "loss"', 'PARAM, param: "auc"', 'METRIC, metric: "depth"'];
  const others = [...LISTS, ...orders("runs", more)];
  for (const [place, list] of LISTS.entries()) {
    const cursor = (await readPage(server, list, "first: 1")).info.endCursor;
    for (const step of [1, 2, place + 1]) {
      const other = others[(place + step) % others.length] as List;
      const said = await refusalOfPage(server, other, `first: 1, after: "${cursor}"`);
      expect(said, `${list.args} ${other.args}`).toMatchObject({ code: "INVALID_INPUT", field: "after" });
    }
  }
});

test("a cursor that was tampered with is refused or is a valid position", async () => {
  const list = { field: "runs", args: 'orderBy: {field: METRIC, metric: "auc"}' };
  const cursor = (await readPage(server, list, "first: 1")).info.endCursor as string;
  const [owner] = JSON.parse(Buffer.from(cursor, "base64url").toString());
  const encode = (...values: unknown[]) => Buffer.from(JSON.stringify([owner, ...values])).toString("base64url");
  const bad = [
    encode(),
    encode("1"),
    encode(1, "r-1"),
    encode("1.5", "r-1"),
    encode("9".repeat(19), "r"),
    encode("1", 1),
    encode("1", null),
  ];
  for (const each of [...bad, encode("1", "a\u0000b")]) {
    const said = await refusalOfPage(server, list, `first: 1, after: "${each}"`);
    expect(said, each).toMatchObject({ code: "INVALID_INPUT" });
  }
  const lowest = (-(2n ** 63n)).toString();
  expect((await readPage(server, list, `first: 9, after: "${encode(lowest, "")}"`)).ids).toEqual([]);
});
