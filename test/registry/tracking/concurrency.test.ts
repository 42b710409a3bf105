import { expect, test } from "vitest";
import { recordStatements } from "../../support/database/statements.js";
import type { As } from "../../support/server.js";
import { useCommandServer } from "../command-server.js";

const WRITERS = 12;

function times<T>(make: (i: number) => T): T[] {
  return Array.from({ length: WRITERS }, (_, i) => make(i));
}

const commands = useCommandServer(`
  e: createExperiment(input: {name: "e"}) { created }
  v: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
  ${times((i) => `r${i}: createRun(input: {experiment: {name: "e"}, runId: "r${i}"}) { run { id } }`).join("\n")}`);

/** Sends all at once. Each must be one transaction: after a deadlock one of them would be repeated. */
async function race(mutations: readonly string[], as?: As) {
  const { result, statements } = await recordStatements(() =>
    Promise.all(mutations.map((mutation) => commands.request(`mutation { ${mutation} }`, {}, as))),
  );
  // the checkpointer reads the log meanwhile
  const begun = statements.filter(({ text }) => text.startsWith("BEGIN") && !text.endsWith("READ ONLY"));
  expect(begun).toHaveLength(mutations.length);
  return result.map(({ errors }) => errors?.[0]?.extensions.code ?? "done");
}

test("runs log a version as input while it is tagged, without a deadlock", async () => {
  const VERSION = '{number: {model: "m", number: 1}}';
  const answers = await race(
    times((i) =>
      i % 2
        ? `logInputs(input: {run: "r${i}", modelVersions: [{version: ${VERSION}}]}) { run { id } }`
        : `setTag(input: {on: {modelVersion: ${VERSION}}, key: "k", value: "${i}"}) { modelVersion { id } }`,
    ),
  );
  expect(new Set(answers)).toEqual(new Set(["done"]));
  const { modelVersion } = await commands.data(`{ modelVersion(ref: ${VERSION}) { downstream { totalCount } } }`);
  expect(modelVersion.downstream.totalCount).toBe(WRITERS / 2);
});

test("the first writes of a new author, at once, all succeed without a deadlock", async () => {
  const input = (i: number) =>
    `metrics: [{key: "a", value: ${i}}], params: [{key: "p${i}", value: "1"}], tags: [{key: "t", value: "${i}"}]`;
  const mutations = times((i) => [
    `logBatch(input: {run: "r${i}", ${input(i)}}) { run { id } }`,
    `logBatch(input: {run: "r${i % 2}", metrics: [{key: "b", value: ${i}}], params: [{key: "q${i}", value: "1"}]}) { run { id } }`,
    `setTag(input: {on: {model: {name: "m"}}, key: "k${i}", value: "1"}) { model { id } }`,
  ]).flat();
  expect(new Set(await race(mutations, { subject: "newcomer" }))).toEqual(new Set(["done"]));
  const { rows } = await commands.server.database.pool.query(
    `SELECT count(*)::int AS "authors" FROM "Author" WHERE "subject" = 'newcomer'`,
  );
  expect(rows).toEqual([{ authors: 1 }]);
});

test("the same new datasets in different orders are registered once", async () => {
  const datasets = Array.from({ length: 60 }, (_, i) => `{dataset: {name: "d${i}", digest: "1"}}`);
  await race(
    times((i) => {
      const ordered = i % 2 ? datasets : datasets.toReversed();
      return `logInputs(input: {run: "r${i}", datasets: [${ordered}]}) { run { id } }`;
    }),
  );
  const { rows } = await commands.server.database.pool.query(
    `SELECT (SELECT count(*) FROM "Dataset")::int AS "rows",
       (SELECT count(*) FROM "Event" WHERE "type" = 'dataset.registered')::int AS "events"`,
  );
  expect(rows).toEqual([{ rows: 60, events: 60 }]);
});

test("no concurrent batch writes to a run after it is finished", async () => {
  await commands.data(`mutation { createRun(input: {experiment: {name: "e"}, runId: "over"}) { run { id } } }`);
  const batch = (step: number) =>
    `logBatch(input: {run: "over", metrics: [{key: "k", value: 1, step: ${step}}]}) { run { id } }`;
  const answers = await race([
    ...times(batch),
    `finishRun(input: {run: "over"}) { run { id } }`,
    ...times((i) => batch(-1 - i)),
  ]);
  const { run } = await commands.data(`{ run(id: "over") { status metricHistory(key: "k") { totalCount } } }`);
  const written = answers.filter((answer) => answer === "done").length - 1;
  expect(run).toEqual({ status: "FINISHED", metricHistory: { totalCount: written } });
  expect(answers.filter((answer) => answer === "CONFLICT")).toHaveLength(2 * WRITERS - written);
});

test("of many concurrent calls with one name or id, one succeeds", async () => {
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
  const { experiments } = await commands.data(`{ experiments(where: {name: {equals: "two"}}) { totalCount } }`);
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
  "%s that is deleted while others start to depend on it is in use, or they do not find it",
  async (_what, remove, use) => {
    for (const nth of ["0", "1", "2"]) {
      await commands.request(`mutation {
      r: createRun(input: {experiment: {name: "e"}, runId: "gone${nth}"}) { run { id } } }`);
      await commands.data(`mutation {
      v: createModelVersion(input: {model: {name: "gone${nth}"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } } }`);
      const uses = times((i) => use.replaceAll("NTH", nth).replaceAll("#", String(i)));
      const answers = await race([...uses.slice(1, 4), remove.replaceAll("NTH", nth), ...uses.slice(4)]);
      const [deleted] = answers.splice(3, 1);
      expect(new Set(answers).size, String(answers)).toBe(1);
      expect(deleted).toBe(answers[0] === "done" ? "IN_USE" : "done");
    }
  },
);
