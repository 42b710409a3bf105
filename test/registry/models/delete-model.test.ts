import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();

const DELETE = `mutation ($model: ModelRef!, $force: Boolean) { deleteModel(input: {model: $model, force: $force}) { deletedId } }`;
const RESTORE = `mutation ($id: ID!, $name: String) { restoreModel(input: {id: $id, name: $name}) { model { id name } } }`;

async function register(name: string): Promise<string> {
  const { registerModel } = await commands.mutate(`registerModel(input: {name: "${name}"}) { model { id } }`);
  return registerModel.model.id;
}

test("a deleted model is hidden, its name is free, and it can be restored under another name", async () => {
  const id = await register("gone");
  expect(await commands.data(DELETE, { model: { id } })).toEqual({ deleteModel: { deletedId: id } });
  const seen = await commands.data(
    `query ($id: ID!) { model(name: "gone") { id } node(id: $id) { id } models(where: {name: {equals: "gone"}}) { totalCount } deleted: models(where: {deleted: ONLY, name: {equals: "gone"}}) { nodes { id } } }`,
    { id },
  );
  expect(seen).toEqual({ model: null, node: null, models: { totalCount: 0 }, deleted: { nodes: [{ id }] } });
  await register("gone");
  expect(await commands.refusal(RESTORE, { id })).toMatchObject({ code: "ALREADY_EXISTS" });
  expect(await commands.data(RESTORE, { id, name: "back" })).toEqual({ restoreModel: { model: { id, name: "back" } } });
  expect(await commands.refusal(RESTORE, { id })).toMatchObject({
    code: "CONFLICT",
    message: "The model is not deleted.",
  });
});

test("a model in use is deleted only with force, which archives its versions and removes its aliases first", async () => {
  await commands.mutate(`
    createModelVersion(input: {model: {name: "used"}, createModel: true, source: "s3://b/used", aliases: ["champion"]}) { modelVersion { number } }
    transitionModelVersion(input: {version: {number: {model: "used", number: 1}}, to: PRODUCTION}) { modelVersion { stage } }`);
  expect(await commands.refusal(DELETE, { model: { name: "used" } })).toMatchObject({
    code: "IN_USE",
    message:
      'In use: version 1 is in PRODUCTION, the alias "champion" points to version 1. Set force to delete it anyway.',
    dependents: [
      { number: 1, stage: "PRODUCTION" },
      { number: 1, alias: "champion" },
    ],
  });
  const before = await commands.revision();
  const { deleteModel } = await commands.data(DELETE, { model: { name: "used" }, force: true });
  expect((await commands.eventsSince(before)).map(({ type }) => type)).toEqual([
    "model_version.stage_changed",
    "alias.deleted",
    "model.deleted",
  ]);
  await commands.data(RESTORE, { id: deleteModel.deletedId });
  const restored = await commands.data(
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
