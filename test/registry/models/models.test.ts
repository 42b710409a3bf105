import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const REGISTER = /* GraphQL */ `
  mutation ($input: RegisterModelInput!) {
    registerModel(input: $input) { created model { id name description tags { key value } createdBy { subject issuer kind } } }
  }
`;

const head = async (): Promise<number> => (await server.data("{ head { revision } }")).head.revision;

async function refusal(document: string, variables?: Record<string, unknown>) {
  const before = await head();
  const { data, errors } = await server.request(document, variables);
  expect(data ?? null).toBeNull();
  expect(await head()).toBe(before);
  return { message: errors?.[0]?.message, ...errors?.[0]?.extensions };
}

describe("registerModel", () => {
  test("registers a model with its tags", async () => {
    const tags = [{ key: "team", value: "risk" }];
    const { registerModel } = await server.data(REGISTER, { input: { name: "fraud", description: "Finds it.", tags } });
    expect({ ...registerModel, model: { ...registerModel.model, id: "…" } }).toMatchInlineSnapshot(`
      {
        "created": true,
        "model": {
          "createdBy": {
            "issuer": "https://issuer.test",
            "kind": "USER",
            "subject": "tester",
          },
          "description": "Finds it.",
          "id": "…",
          "name": "fraud",
          "tags": [
            {
              "key": "team",
              "value": "risk",
            },
          ],
        },
      }
    `);
  });

  test("a name is given once, and RETURN answers with the model that has it", async () => {
    await server.data(REGISTER, { input: { name: "once" } });
    expect(await refusal(REGISTER, { input: { name: "once" } })).toMatchObject({
      code: "ALREADY_EXISTS",
      field: "input.name",
      message: 'A model named "once" already exists.',
    });
    const before = await head();
    const again = await server.data(REGISTER, { input: { name: "once", ifExists: "RETURN" } });
    expect(again.registerModel).toMatchObject({ created: false, model: { name: "once" } });
    expect(await head()).toBe(before);
  });

  test.each([
    ["", "must not be blank"],
    ["  ", "must not be blank"],
    ["a/b", 'must not contain "/" or ":"'],
    ["a:b", 'must not contain "/" or ":"'],
    [" a", "must not begin or end with a blank"],
    ["-rf", 'must not begin with "-"'],
    ["a\nb", "control characters"],
    ["a\u0000b", "U+0000"],
    ["e\u0301", "NFC"],
    ["x".repeat(257), "at most 256"],
  ])("refuses the name %j", async (name, sentence) => {
    const refused = await refusal(REGISTER, { input: { name } });
    expect(refused).toMatchObject({ code: "INVALID_INPUT", field: "input.name", retryable: false });
    expect(refused.message).toContain(sentence);
  });

  test("256 characters count as characters, also beyond the Basic Multilingual Plane", async () => {
    const name = "𝒜".repeat(256);
    expect((await server.data(REGISTER, { input: { name } })).registerModel.model.name).toBe(name);
  });
});

const RENAME = `mutation ($model: ModelRef!, $newName: String!) { renameModel(input: {model: $model, newName: $newName}) { model { id name } } }`;
const DELETE = `mutation ($model: ModelRef!, $force: Boolean) { deleteModel(input: {model: $model, force: $force}) { deletedId } }`;
const RESTORE = `mutation ($id: ID!, $name: String) { restoreModel(input: {id: $id, name: $name}) { model { id name } } }`;

test("a rename keeps the id and the versions, and frees the old name", async () => {
  const { registerModel } = await server.data(REGISTER, { input: { name: "before" } });
  const { renameModel } = await server.data(RENAME, { model: { name: "before" }, newName: "after" });
  expect(renameModel.model).toEqual({ id: registerModel.model.id, name: "after" });
  expect(await server.data(`{ a: model(name: "before") { id } b: model(name: "after") { id } }`)).toEqual({
    a: null,
    b: { id: registerModel.model.id },
  });
  await server.data(REGISTER, { input: { name: "before" } });
  expect(await refusal(RENAME, { model: { name: "before" }, newName: "after" })).toMatchObject({
    code: "ALREADY_EXISTS",
  });
});

test("an update leaves what is absent, clears what is null, and tells nothing when nothing changed", async () => {
  await server.data(REGISTER, { input: { name: "described", description: "old" } });
  const update = (input: object) =>
    server.data(`mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { description } } }`, {
      input: { model: { name: "described" }, ...input },
    });
  const before = await head();
  expect(await update({})).toEqual({ updateModel: { model: { description: "old" } } });
  expect(await update({ description: "old" })).toEqual({ updateModel: { model: { description: "old" } } });
  expect(await head()).toBe(before);
  expect(await update({ description: null })).toEqual({ updateModel: { model: { description: null } } });
  expect(await head()).toBe(before + 1);
});

describe("delete and restore", () => {
  test("a deleted model is gone from everywhere, its name is free, and it comes back under another", async () => {
    const { registerModel } = await server.data(REGISTER, { input: { name: "gone" } });
    const { id } = registerModel.model;
    expect(await server.data(DELETE, { model: { id } })).toEqual({ deleteModel: { deletedId: id } });
    const seen = await server.data(
      `query ($id: ID!) { model(name: "gone") { id } node(id: $id) { id } models(where: {name: {equals: "gone"}}) { totalCount } deleted: models(where: {deleted: ONLY, name: {equals: "gone"}}) { nodes { id } } }`,
      { id },
    );
    expect(seen).toEqual({ model: null, node: null, models: { totalCount: 0 }, deleted: { nodes: [{ id }] } });
    await server.data(REGISTER, { input: { name: "gone" } });
    expect(await refusal(RESTORE, { id })).toMatchObject({ code: "ALREADY_EXISTS" });
    expect(await server.data(RESTORE, { id, name: "back" })).toEqual({ restoreModel: { model: { id, name: "back" } } });
    expect(await refusal(RESTORE, { id })).toMatchObject({ code: "CONFLICT" });
  });

  test("what is in use is deleted by force only, and then archived and unnamed first, as events", async () => {
    await server.data(`mutation {
      createModelVersion(input: {model: {name: "used"}, createModel: true, source: "s3://b/used", aliases: ["champion"]}) { modelVersion { number } }
      transitionModelVersion(input: {version: {number: {model: "used", number: 1}}, to: PRODUCTION}) { modelVersion { stage } }
    }`);
    expect(await refusal(DELETE, { model: { name: "used" } })).toMatchObject({
      code: "IN_USE",
      message:
        'In use: version 1 is in PRODUCTION, the alias "champion" points to version 1. Set force to delete it anyway.',
      dependents: [
        { number: 1, stage: "PRODUCTION" },
        { number: 1, alias: "champion" },
      ],
    });
    const { deleteModel } = await server.data(DELETE, { model: { name: "used" }, force: true });
    const types = await server.database.prisma.event.findMany({
      where: { modelName: "used" },
      orderBy: { revision: "asc" },
      select: { type: true },
    });
    expect(types.map(({ type }) => type)).toEqual([
      "model.registered",
      "model_version.created",
      "alias.set",
      "model_version.stage_changed",
      "model_version.stage_changed",
      "alias.deleted",
      "model.deleted",
    ]);
    await server.data(RESTORE, { id: deleteModel.deletedId });
    const restored = await server.data(
      `{ model(name: "used") { aliases { name } version(number: 1) { stage } stages { stage count } } }`,
    );
    expect(restored.model).toEqual({
      aliases: [],
      version: { stage: "ARCHIVED" },
      stages: [
        { stage: "NONE", count: 0 },
        { stage: "STAGING", count: 0 },
        { stage: "PRODUCTION", count: 0 },
        { stage: "ARCHIVED", count: 1 },
      ],
    });
  });
});
