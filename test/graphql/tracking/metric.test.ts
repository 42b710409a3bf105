import { expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import { recordStatements } from "../../support/database/statements.js";

const commands = useCommandServer(`
  r: createRun(input: {experiment: {name: "e"}, createExperiment: true, runId: "r", params: [{key: "created", value: "1"}]}) { run { id } }`);

const LOG = "mutation ($input: LogBatchInput!) { logBatch(input: $input) { run { id } } }";
const log = (subject: string, input: object) =>
  commands.data(LOG, { input: { run: "r", ...input } }, { subject, name: subject.toUpperCase() });
const at = (ms: number) => new Date(1_767_225_600_000 + ms).toISOString();

async function read(selection: string) {
  return (await commands.data(`{ run(id: "r") { ${selection} } }`)).run;
}

test("a param names who logged it first", async () => {
  await log("ada", { params: [{ key: "lr", value: "0.1" }] });
  const both = ["lr", "seed"].map((key) => ({ key, value: "0.1" }));
  await log("bob", { params: both });
  const { rows } = await commands.server.database.pool.query(
    `INSERT INTO "RunParam" ("runId", "key", "value") VALUES ('r', 'old', '1') RETURNING "authorId"`,
  );
  expect(rows).toEqual([{ authorId: null }]);
  const { params } = await read("params { key loggedBy { subject name } }");
  expect(params).toEqual([
    { key: "created", loggedBy: { subject: "tester", name: null } },
    { key: "lr", loggedBy: { subject: "ada", name: "ADA" } },
    { key: "old", loggedBy: null },
    { key: "seed", loggedBy: { subject: "bob", name: "BOB" } },
  ]);
});

test("a metric names who logged its latest value, and changes it exactly with that value", async () => {
  const point = (value: number | string, step: number, ms: number) => ({ key: "auc", value, step, timestamp: at(ms) });
  const latestAfter = async (subject: string, ...metrics: object[]) => {
    await log(subject, { metrics });
    const { metrics: found } = await read(`metrics(keys: ["auc"]) { value step loggedBy { subject } }`);
    return found.map((metric: { value: number; step: number; loggedBy: { subject: string } | null }) => [
      metric.value,
      metric.step,
      metric.loggedBy?.subject ?? null,
    ]);
  };
  expect(await latestAfter("ada", point(0.5, 10, 10))).toEqual([[0.5, 10, "ada"]]);
  expect(await latestAfter("bob", point(0.9, 9, 99)), "an older step").toEqual([[0.5, 10, "ada"]]);
  expect(await latestAfter("bob", point(0.9, 10, 9)), "an older time").toEqual([[0.5, 10, "ada"]]);
  expect(await latestAfter("bob", point(0.4, 10, 10)), "a lower value").toEqual([[0.5, 10, "ada"]]);
  expect(await latestAfter("bob", point(0.5, 10, 10)), "the same point").toEqual([[0.5, 10, "ada"]]);
  expect(await latestAfter("bob", point(0.5, 10, 11)), "the same value later").toEqual([[0.5, 10, "bob"]]);
  expect(await latestAfter("ada", point(0.6, 10, 11)), "a higher value").toEqual([[0.6, 10, "ada"]]);
  expect(await latestAfter("bob", point(0.1, 1, 1), point(0.2, 11, 1))).toEqual([[0.2, 11, "bob"]]);
  await commands.server.database.pool.query(`UPDATE "MetricSeries" SET "authorId" = NULL`);
  expect(await latestAfter("ada", point(0.2, 11, 1)), "an old point sent again").toEqual([[0.2, 11, null]]);
  expect(await latestAfter("ada", point("NaN", 12, 1))).toEqual([["NaN", 12, "ada"]]);
});

test("each dataset's value has its own author", async () => {
  await commands.mutate(`registerDataset(input: {name: "d", digest: "1"}) { created }`);
  await log("ada", { metrics: [{ key: "loss", value: 1 }] });
  await log("bob", { metrics: [{ key: "loss", value: 1, dataset: { identity: { name: "d", digest: "1" } } }] });
  const { metrics } = await read(`metrics(keys: ["loss"]) { dataset { name } loggedBy { subject } }`);
  expect(metrics).toEqual([
    { dataset: null, loggedBy: { subject: "ada" } },
    { dataset: { name: "d" }, loggedBy: { subject: "bob" } },
  ]);
});

test("authors cost no statement, neither where they are written nor where they are read", async () => {
  const batch = {
    metrics: [{ key: "m", value: 1 }],
    params: [{ key: "p", value: "1" }],
    tags: [{ key: "t", value: "1" }],
  };
  const written = await recordStatements(() => log("carol", batch));
  const withAuthors = written.statements.filter(({ text }) => /author/i.test(text)).map(({ text }) => text.trim());
  expect(withAuthors.map((text) => text.match(/^INSERT INTO "\w+"|^WITH given/)?.[0])).toEqual([
    `INSERT INTO "RunParam"`,
    `INSERT INTO "RunTag"`,
    "WITH given",
  ]);
  const page = (of: string) => recordStatements(() => commands.data(`{ runs { nodes { ${of} } } }`));
  const all = await page("params { loggedBy { subject } } metrics { loggedBy { subject } } tags { setBy { subject } }");
  expect(all.statements).toHaveLength(1);
  const none = await page("params { value } metrics { value } tags { value }");
  expect(none.statements.map(({ text }) => text.includes(`"Author"`))).toEqual([false]);
});
