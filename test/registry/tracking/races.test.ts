import { afterAll, beforeAll, expect, test } from "vitest";
import { recordStatements } from "../../support/database/statements.js";
import { startTestServer, type TestServer } from "../../support/server.js";

const WRITERS = 12;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const runs = times((i) => `r${i}: createRun(input: {experiment: {name: "e"}, runId: "r${i}"}) { run { id } }`);
  await server.data(`mutation {
    e: createExperiment(input: {name: "e"}) { created }
    v: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
    ${runs.join("\n")}
  }`);
});
afterAll(() => server.stop());

function times<T>(make: (i: number) => T): T[] {
  return Array.from({ length: WRITERS }, (_, i) => make(i));
}

/** Sends all at once; each must be one transaction, since a ring of waiters ends with one that is done again. */
async function race(mutations: readonly string[]) {
  const { result, statements } = await recordStatements(() =>
    Promise.all(mutations.map((mutation) => server.request(`mutation { ${mutation} }`))),
  );
  // whoever signs the log reads it meanwhile
  const begun = statements.filter(({ text }) => text.startsWith("BEGIN") && !text.endsWith("READ ONLY"));
  expect(begun).toHaveLength(mutations.length);
  return result.map(({ errors }) => errors?.[0]?.extensions.code ?? "done");
}

test("a version that runs read is tagged meanwhile, and nobody waits in a ring", async () => {
  const VERSION = '{number: {model: "m", number: 1}}';
  const answers = await race(
    times((i) =>
      i % 2
        ? `logInputs(input: {run: "r${i}", modelVersions: [{version: ${VERSION}}]}) { run { id } }`
        : `setTag(input: {on: {modelVersion: ${VERSION}}, key: "k", value: "${i}"}) { modelVersion { id } }`,
    ),
  );
  expect(new Set(answers)).toEqual(new Set(["done"]));
  const { modelVersion } = await server.data(`{ modelVersion(ref: ${VERSION}) { downstream { totalCount } } }`);
  expect(modelVersion.downstream.totalCount).toBe(WRITERS / 2);
});

test("the same new datasets told in any order are registered once", async () => {
  const datasets = Array.from({ length: 60 }, (_, i) => `{dataset: {name: "d${i}", digest: "1"}}`);
  await race(
    times((i) => {
      const told = i % 2 ? datasets : datasets.toReversed();
      return `logInputs(input: {run: "r${i}", datasets: [${told}]}) { run { id } }`;
    }),
  );
  const { rows } = await server.database.pool.query(
    `SELECT (SELECT count(*) FROM "Dataset")::int AS "rows",
       (SELECT count(*) FROM "Event" WHERE "type" = 'dataset.registered')::int AS "told"`,
  );
  expect(rows).toEqual([{ rows: 60, told: 60 }]);
});

test("once a run is finished, no batch that was under way writes to it", async () => {
  await server.data(`mutation { createRun(input: {experiment: {name: "e"}, runId: "over"}) { run { id } } }`);
  const batch = (step: number) =>
    `logBatch(input: {run: "over", metrics: [{key: "k", value: 1, step: ${step}}]}) { run { id } }`;
  const answers = await race([
    ...times(batch),
    `finishRun(input: {run: "over"}) { run { id } }`,
    ...times((i) => batch(-1 - i)),
  ]);
  const { run } = await server.data(`{ run(id: "over") { status metricHistory(key: "k") { totalCount } } }`);
  const written = answers.filter((answer) => answer === "done").length - 1;
  expect(run).toEqual({ status: "FINISHED", metricHistory: { totalCount: written } });
  expect(answers.filter((answer) => answer === "CONFLICT")).toHaveLength(2 * WRITERS - written);
});

test("of many who take one name or id, one has it", async () => {
  for (const mutation of [
    `createExperiment(input: {name: "one"}) { created }`,
    `registerDataset(input: {name: "one", digest: "1"}) { created }`,
    `createRun(input: {experiment: {name: "e"}, runId: "one"}) { run { id } }`,
  ]) {
    const answers = await race(times(() => mutation));
    expect(answers.sort()).toEqual([...Array.from({ length: WRITERS - 1 }, () => "ALREADY_EXISTS"), "done"]);
  }
  const made = await race(
    times(() => `createRun(input: {experiment: {name: "two"}, createExperiment: true}) { run { id } }`),
  );
  expect(new Set(made)).toEqual(new Set(["done"]));
  const { experiments } = await server.data(`{ experiments(where: {name: {equals: "two"}}) { totalCount } }`);
  expect(experiments.totalCount).toBe(1);
});

test.each([
  [
    "a run",
    'deleteRun(input: {run: "goneNTH"}) { deletedId }',
    `createModelVersion(input: {model: {name: "of-NTH-#"}, createModel: true, source: "s3://b/1", run: "goneNTH"}) { modelVersion { id } }`,
  ],
  [
    "a version",
    `deleteModelVersion(input: {version: {number: {model: "goneNTH", number: 1}}}) { deletedId }`,
    `logInputs(input: {run: "r#", modelVersions: [{version: {number: {model: "goneNTH", number: 1}}}]}) { run { id } }`,
  ],
])(
  "%s that is deleted while others come to stand on it is in use, or not found by them",
  async (_what, remove, use) => {
    for (const nth of ["0", "1", "2"]) {
      await server.request(`mutation {
      r: createRun(input: {experiment: {name: "e"}, runId: "gone${nth}"}) { run { id } } }`);
      await server.data(`mutation {
      v: createModelVersion(input: {model: {name: "gone${nth}"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } } }`);
      const uses = times((i) => use.replaceAll("NTH", nth).replaceAll("#", String(i)));
      const answers = await race([...uses.slice(1, 4), remove.replaceAll("NTH", nth), ...uses.slice(4)]);
      const [deleted] = answers.splice(3, 1);
      expect(new Set(answers).size, String(answers)).toBe(1);
      expect(deleted).toBe(answers[0] === "done" ? "IN_USE" : "done");
    }
  },
);
