import { expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import { recordStatements } from "../../support/database/statements.js";

const TAGS = '[{key: "kept", value: "1"}, {key: "moved", value: "1"}]';
const commands = useCommandServer(`
  m: registerModel(input: {name: "m", tags: ${TAGS}}) { model { id } }
  v: createModelVersion(input: {model: {name: "m"}, source: "s3://b/1", tags: ${TAGS}}) { modelVersion { id } }
  e: createExperiment(input: {name: "e", tags: ${TAGS}}) { created }
  r: createRun(input: {experiment: {name: "e"}, runId: "r", tags: ${TAGS}}) { run { id } }
  d: registerDataset(input: {name: "d", digest: "1", tags: ${TAGS}}) { created }`);

const TAGGED = [
  { table: "ModelTag", on: `{model: {name: "m"}}`, field: `model(name: "m")` },
  {
    table: "ModelVersionTag",
    on: `{modelVersion: {number: {model: "m", number: 1}}}`,
    field: `modelVersion(ref: {number: {model: "m", number: 1}})`,
  },
  { table: "ExperimentTag", on: `{experiment: {name: "e"}}`, field: `experiment(name: "e")` },
  { table: "RunTag", on: `{run: "r"}`, field: `run(id: "r")` },
  {
    table: "DatasetTag",
    on: `{dataset: {identity: {name: "d", digest: "1"}}}`,
    field: `dataset(name: "d", digest: "1")`,
  },
] as const;

const ALL = `{ ${TAGGED.map(({ field }, i) => `t${i}: ${field} { tags { key setBy { subject } } }`).join("\n")} }`;

test.each(TAGGED)("a row of $table names who set its value", async ({ table, on, field }) => {
  const set = (key: string, value: string) =>
    commands.mutate(`setTag(input: {on: ${on}, key: "${key}", value: "${value}"}) { __typename }`, {
      subject: "ada",
      name: "Ada",
    });
  const read = async () => {
    const { tagged } = await commands.data(
      `{ tagged: ${field} { tags { key value setBy { issuer subject name kind } } } }`,
    );
    return tagged.tags;
  };
  await set("kept", "1");
  await set("moved", "2");
  await set("new", "1");
  const tester = { issuer: "https://issuer.test", subject: "tester", name: null, kind: "USER" };
  const ada = { ...tester, subject: "ada", name: "Ada" };
  expect(await read()).toEqual([
    { key: "kept", value: "1", setBy: tester },
    { key: "moved", value: "2", setBy: ada },
    { key: "new", value: "1", setBy: ada },
  ]);
  await commands.server.database.pool.query(`UPDATE "${table}" SET "setById" = NULL WHERE "key" = 'kept'`);
  expect((await read())[0]).toEqual({ key: "kept", value: "1", setBy: null });
});

test("the rights of the author are those of the time of writing", async () => {
  const set = (key: string, scopes: ["models:write", ...("models:read" | "admin")[]]) =>
    commands.mutate(`setTag(input: {on: {model: {name: "m"}}, key: "${key}", value: "1"}) { __typename }`, {
      subject: "eve",
      scopes,
    });
  await set("weak", ["models:write"]);
  await set("strong", ["models:write", "admin"]);
  await set("weak again", ["models:write"]);
  const { rows } = await commands.server.database.pool.query(
    `SELECT t."key", a."scopes", dense_rank() OVER (ORDER BY a."id")::int AS "author"
     FROM "ModelTag" AS t JOIN "Author" AS a ON a."id" = t."setById" WHERE a."subject" = 'eve' ORDER BY t."key"`,
  );
  expect(rows).toEqual([
    { key: "strong", scopes: ["admin", "models:write"], author: 2 },
    { key: "weak", scopes: ["models:write"], author: 1 },
    { key: "weak again", scopes: ["models:write"], author: 1 },
  ]);
});

test("authors are read with the tags, in one statement for each field of the root", async () => {
  const { statements } = await recordStatements(() => commands.data(ALL));
  expect(statements).toHaveLength(TAGGED.length);
  const without = await recordStatements(() => commands.data(ALL.replaceAll("setBy { subject }", "value")));
  expect(without.statements).toHaveLength(TAGGED.length);
  expect(without.statements.filter(({ text }) => text.includes(`"Author"`))).toEqual([]);
});
