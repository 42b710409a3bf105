import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();

const REGISTER = /* GraphQL */ `
  mutation ($input: RegisterModelInput!) {
    registerModel(input: $input) { created model { id name description tags { key value } createdBy { subject issuer kind } } }
  }
`;

test("registers a model with its tags", async () => {
  const tags = [{ key: "team", value: "risk" }];
  const { registerModel } = await commands.data(REGISTER, { input: { name: "fraud", description: "Finds it.", tags } });
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

test("refuses a name that a living model has, and returns that model with RETURN", async () => {
  await commands.data(REGISTER, { input: { name: "once" } });
  expect(await commands.refusal(REGISTER, { input: { name: "once" } })).toMatchObject({
    code: "ALREADY_EXISTS",
    field: "input.name",
    message: 'A model named "once" already exists.',
  });
  const before = await commands.revision();
  const again = await commands.data(REGISTER, { input: { name: "once", ifExists: "RETURN" } });
  expect(again.registerModel).toMatchObject({ created: false, model: { name: "once" } });
  expect(await commands.revision()).toBe(before);
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
  const refused = await commands.refusal(REGISTER, { input: { name } });
  expect(refused).toMatchObject({ code: "INVALID_INPUT", field: "input.name", retryable: false });
  expect(refused.message).toContain(sentence);
});

test("counts characters, not UTF-16 code units, for the limit of 256", async () => {
  const name = "𝒜".repeat(256);
  expect((await commands.data(REGISTER, { input: { name } })).registerModel.model.name).toBe(name);
});
