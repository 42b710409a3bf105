import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`registerModel(input: {name: "described", description: "old"}) { created }`);

const update = (input: object) =>
  commands.data(`mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { description } } }`, {
    input: { model: { name: "described" }, ...input },
  });

test("leaves an absent field, clears null, and emits no event if nothing changes", async () => {
  const before = await commands.revision();
  expect(await update({})).toEqual({ updateModel: { model: { description: "old" } } });
  expect(await update({ description: "old" })).toEqual({ updateModel: { model: { description: "old" } } });
  expect(await commands.revision()).toBe(before);
  expect(await update({ description: null })).toEqual({ updateModel: { model: { description: null } } });
  expect(await commands.eventsSince(before)).toMatchObject([
    { type: "model.updated", before: { description: "old" }, after: { description: null } },
  ]);
});
