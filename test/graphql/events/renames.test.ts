import { afterAll, beforeAll, expect, test } from "vitest";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
let start: string;
const head = async (): Promise<string> => (await server.data("{ head { cursor } }")).head.cursor;
const rename = (from: string, to: string) =>
  server.data("mutation ($input: RenameModelInput!) { renameModel(input: $input) { __typename } }", {
    input: { model: { name: from }, newName: to },
  });

beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation { registerModel(input: {name: "old"}) { created } }`);
  start = await head();
  await rename("old", "new");
});
afterAll(() => server.stop());

interface Renamed {
  readonly modelName: string;
  readonly previousName: string | null;
}

const FIELDS = "... on ModelRenamedEvent { modelName previousName }";
const WHERE = "$where: RegistryEventFilter";

/** The renames that a list and a stream return, which must be the same. */
async function renames(models: string[], as: As = {}): Promise<(string | null)[][]> {
  const where = { models, types: ["MODEL_RENAMED"] };
  const { events } = await server.data(
    `query (${WHERE}) { events(where: $where) { totalCount nodes { ${FIELDS} } } }`,
    { where },
    as,
  );
  const { audit } = await server.data(
    `query (${WHERE}) { audit(where: $where) { totalCount } }`,
    { where },
    { ...as, scopes: ["audit:read"] },
  );
  expect([events.totalCount, audit.totalCount]).toEqual([events.nodes.length, events.nodes.length]);
  const stream = server.watch(
    `subscription ($after: String, ${WHERE}) { registryEvents(after: $after, where: $where) { event { ${FIELDS} } } }`,
    { after: start, where },
    as,
  );
  const first = await stream.next();
  expect(first.value.data.registryEvents.event).toBeNull();
  const received: Renamed[] = [];
  while (received.length < events.nodes.length) received.push((await stream.next()).value.data.registryEvents.event);
  await stream.return?.();
  expect(received).toEqual(events.nodes);
  return received.map(({ modelName, previousName }) => [modelName, previousName]);
}

test.each([["old"], ["new"], ["o*"], ["n*"]])("a rename matches by either name: %s", async (name) => {
  expect(await renames([name])).toEqual([["new", "old"]]);
});

test("it matches by no third name", async () => {
  expect(await renames(["other", "older", "ol"])).toEqual([]);
});

test("a token that covers the new name only cannot find out the previous one by filters", async () => {
  const as: As = { models: ["n*"] };
  expect(await renames(["new"], as)).toEqual([["new", null]]);
  for (const models of [["old"], ["o*"], ["*d"]]) expect(await renames(models, as)).toEqual([]);
});

test("a token that covers the previous name only gets no event, and cannot find out the new name", async () => {
  for (const models of [["old"], ["new"], ["*"]]) expect(await renames(models, { models: ["old"] })).toEqual([]);
});

test("a stream under the previous name gets nothing that a token may not see", async () => {
  const after = await head();
  await server.data(`mutation { registerModel(input: {name: "first"}) { created } }`);
  await rename("first", "second");
  await server.data(`mutation { registerModel(input: {name: "first"}) { created } }`);
  const typesFor = async (as: As, count: number) => {
    const stream = server.watch(
      `subscription ($after: String, ${WHERE}) { registryEvents(after: $after, where: $where) { event { type } } }`,
      { after, where: { models: ["first"] } },
      as,
    );
    const received: (string | undefined)[] = [];
    while (received.length <= count) received.push((await stream.next()).value.data.registryEvents.event?.type);
    await stream.return?.();
    return received.slice(1);
  };
  expect(await typesFor({}, 3)).toEqual(["MODEL_REGISTERED", "MODEL_RENAMED", "MODEL_REGISTERED"]);
  expect(await typesFor({ models: ["first"] }, 2)).toEqual(["MODEL_REGISTERED", "MODEL_REGISTERED"]);
});

test.each(["stageChanged", "aliasChanged"])("%s does not deliver it", async (field) => {
  await server.data(`mutation { createModelVersion(input: {model: {name: "${field}"}, createModel: true, source: "s3://b/1"}) {
    modelVersion { id } } }`);
  const after = await head();
  await rename(field, `${field}-2`);
  const stream = server.watch(
    `subscription ($after: String) { m: ${field}(where: {models: ["${field}*"]}, after: $after) { event { __typename } } }`,
    { after },
  );
  const first = await stream.next();
  const version = `{number: {model: "${field}-2", number: 1}}`;
  await server.data(`mutation { a: transitionModelVersion(input: {version: ${version}, to: STAGING}) { __typename }
    b: setAlias(input: {model: {name: "${field}-2"}, alias: "red", number: 1}) { __typename } }`);
  const second = await stream.next();
  await stream.return?.();
  expect([first, second].map(({ value }) => value.data.m.event?.__typename)).toEqual([
    undefined,
    field === "stageChanged" ? "StageChangedEvent" : "AliasSetEvent",
  ]);
});
