import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  a: registerModel(input: {name: "before"}) { created }
  b: registerModel(input: {name: "other"}) { created }
`);

const RENAME = `mutation ($model: ModelRef!, $newName: String!) { renameModel(input: {model: $model, newName: $newName}) { model { id name } } }`;

test("keeps the id, and frees the old name", async () => {
  const { model } = await commands.data(`{ model(name: "before") { id } }`);
  const { renameModel } = await commands.data(RENAME, { model: { name: "before" }, newName: "after" });
  expect(renameModel.model).toEqual({ id: model.id, name: "after" });
  expect(await commands.data(`{ a: model(name: "before") { id } b: model(name: "after") { id } }`)).toEqual({
    a: null,
    b: { id: model.id },
  });
  await commands.mutate(`registerModel(input: {name: "before"}) { created }`);
  expect(await commands.newestEvent()).toMatchObject({ type: "model.registered", subjectType: "Model" });
});

test("refuses the name of another living model", async () => {
  expect(await commands.refusal(RENAME, { model: { name: "before" }, newName: "other" })).toMatchObject({
    code: "ALREADY_EXISTS",
  });
});

test("emits no event if the model has the name already", async () => {
  const before = await commands.revision();
  await commands.data(RENAME, { model: { name: "other" }, newName: "other" });
  expect(await commands.revision()).toBe(before);
});
