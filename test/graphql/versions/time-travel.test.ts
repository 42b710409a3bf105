import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recordStatements } from "../../support/database/statements.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
let model: string;
let count = 0;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** A model with two versions: 1 in PRODUCTION, 2 under the alias champion. */
beforeEach(async () => {
  model = `travels-${count++}`;
  await createVersion(model);
  await createVersion(model, `, aliases: ["champion"]`);
  await move(1, "to: PRODUCTION");
});

const createVersion = (name: string, more = "") =>
  act(`createModelVersion(input: {model: {name: "${name}"}, createModel: true, source: "s3://b/x"${more}}) {
    modelVersion { id model { id } } }`);
const move = (number: number, how: string) =>
  act(`transitionModelVersion(input: {version: {number: {model: "${model}", number: ${number}}}, ${how}}) {
    modelVersion { id } }`);
const act = (mutation: string) => server.data(`mutation { ${mutation} }`);

/** The time of the newest event. The next event is later. */
async function moment(): Promise<string> {
  const { at } = await server.database.prisma.eventHead.findUniqueOrThrow({ where: { id: 1 } });
  while (Date.now() <= at.getTime()) await new Promise((resolve) => setTimeout(resolve, 1));
  return at.toISOString();
}

const STOOD = /* GraphQL */ `
  query ($name: String!, $at: DateTime) {
    model(name: $name) {
      stageHolder(stage: PRODUCTION, at: $at) { number deletedAt viewerCanTransitionTo }
      versionByAlias(alias: "champion", at: $at) { number }
      stages(at: $at) { stage count since current { number } }
    }
  }
`;

async function stateAt(at: string | null, name = model) {
  const { stageHolder, versionByAlias, stages } = (await server.data(STOOD, { name, at })).model;
  const counts = stages.map((stage: { count: number }) => stage.count);
  return { production: stageHolder?.number ?? null, champion: versionByAlias?.number ?? null, counts };
}

const THEN = { production: 1, champion: 2, counts: [1, 0, 1, 0] };
const EMPTY = { production: null, champion: null, counts: [0, 0, 0, 0] };

test("each stage has its holder at the time, the number of versions and the time of entry", async () => {
  const promoted = await moment();
  await move(2, "to: PRODUCTION, archiveExisting: true");
  expect((await server.data(STOOD, { name: model, at: promoted })).model.stages).toEqual([
    { stage: "NONE", count: 1, since: expect.any(String), current: { number: 2 } },
    { stage: "STAGING", count: 0, since: null, current: null },
    { stage: "PRODUCTION", count: 1, since: promoted, current: { number: 1 } },
    { stage: "ARCHIVED", count: 0, since: null, current: null },
  ]);
  expect(await stateAt(null)).toEqual({ production: 2, champion: 2, counts: [0, 0, 1, 1] });
});

test("before the model everything is empty, an event at exactly the time counts, and the future equals now", async () => {
  const at = await moment();
  const before = new Date(Date.parse(at) - 1).toISOString();
  expect(await stateAt("0001-01-01T00:00:00Z")).toEqual(EMPTY);
  expect((await stateAt(before)).production).toBeNull();
  expect(await stateAt(at)).toEqual(THEN);
  expect(await stateAt("9999-12-31T23:59:59.999Z")).toEqual(await stateAt(null));
});

test("the past of a renamed model is found under its current name", async () => {
  const at = await moment();
  await act(`renameModel(input: {model: {name: "${model}"}, newName: "${model}-renamed"}) { model { id } }`);
  expect(await stateAt(at, `${model}-renamed`)).toEqual(THEN);
  expect((await server.data(STOOD, { name: model, at })).model).toBeNull();
});

test("an alias points to its version until it was moved or deleted", async () => {
  const onTwo = await moment();
  await act(`setAlias(input: {model: {name: "${model}"}, alias: "champion", number: 1}) { alias { name } }`);
  const onOne = await moment();
  await act(`deleteAlias(input: {model: {name: "${model}"}, alias: "champion"}) { previous { id } }`);
  const champions = [];
  for (const at of [onTwo, onOne, await moment(), null]) champions.push((await stateAt(at)).champion);
  expect(champions).toEqual([2, 1, null, null]);
});

test("a version that was deleted since is returned as deleted, and a restore adds nothing to its past", async () => {
  const standing = await moment();
  const one = `number: {model: "${model}", number: 1}`;
  const { model: seen } = await server.data(`{ model(name: "${model}") { version(number: 1) { id } } }`);
  await act(`deleteModelVersion(input: {version: {${one}}, force: true}) { deletedId }`);
  const deleted = await moment();
  expect((await server.data(STOOD, { name: model, at: standing })).model.stageHolder).toEqual({
    number: 1,
    deletedAt: expect.any(String),
    viewerCanTransitionTo: [],
  });
  await act(`restoreModelVersion(input: {id: "${seen.version.id}"}) { modelVersion { id } }`);
  expect(await stateAt(standing)).toEqual(THEN);
  expect(await stateAt(deleted)).toEqual({ production: null, champion: 2, counts: [1, 0, 0, 0] });
  expect((await stateAt(await moment())).counts).toEqual([1, 0, 0, 1]);
});

test("while a model was deleted its stages were empty; a restore changes neither that nor the time before", async () => {
  const living = await moment();
  const { model: seen } = await server.data(`{ model(name: "${model}") { id } }`);
  await act(`deleteModel(input: {model: {name: "${model}"}, force: true}) { deletedId }`);
  const absent = await moment();
  await act(`restoreModel(input: {id: "${seen.id}"}) { model { id } }`);
  expect(await stateAt(living)).toEqual(THEN);
  expect(await stateAt(absent)).toEqual(EMPTY);
  expect(await stateAt(await moment())).toEqual({ production: null, champion: null, counts: [1, 0, 0, 1] });
});

test("versions that one command archives have the same order now and in the history", async () => {
  await move(2, "to: PRODUCTION");
  await createVersion(model);
  await move(3, "to: PRODUCTION, archiveExisting: true");
  const archived = async (at: string | null) =>
    (await server.data(STOOD, { name: model, at })).model.stages[3].current.number;
  expect([await archived(null), await archived(await moment())]).toEqual([2, 2]);
});

test("the past of a model is visible to a viewer who may see the model now", async () => {
  const at = await moment();
  await act(`renameModel(input: {model: {name: "${model}"}, newName: "secret-${model}"}) { model { id } }`);
  const ask = (name: string, models: string[]) => server.data(STOOD, { name, at }, { models });
  expect((await ask(`secret-${model}`, [model])).model).toBeNull();
  expect((await ask(`secret-${model}`, ["secret-*"])).model.stageHolder.number).toBe(1);
});

describe("a page of 50 models takes as many statements for the past as a page of two", () => {
  const AT = `at: "2999-01-01T00:00:00Z"`;
  const CURRENT = "current { number transitions(first: 2) { nodes { to } } }";

  beforeAll(async () => {
    for (let i = 0; i < 50; i++) await createVersion(`many-${i}`, `, aliases: ["champion"]`);
  });

  test.each([
    ["the page, the holders and their versions", `stageHolder(stage: NONE, ${AT}) { number aliases { name } }`, 3],
    ["the page, the aliases and their versions", `versionByAlias(alias: "champion", ${AT}) { number }`, 3],
    ["the page, the holders, the counts and the versions", `stages(${AT}) { count ${CURRENT} }`, 4],
  ])("%s", async (_, field, expected) => {
    for (const first of [2, 50]) {
      const page = `{ models(first: ${first}, where: {name: {startsWith: "many-"}}) { nodes { ${field} } } }`;
      const { result, statements } = await recordStatements(() => server.data(page));
      expect(result.models.nodes).toHaveLength(first);
      // The tail of the event log reads at any time.
      expect(statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text))).toHaveLength(expected);
    }
  });
});
