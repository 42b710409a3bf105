import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`createExperiment(input: {name: "exp"}) { created }`);

test("creates an experiment, and returns the existing one with RETURN", async () => {
  const create = (more = "") =>
    commands.mutate(
      `createExperiment(input: {name: "life/one", description: "Why.", tags: [{key: "t", value: "1"}]${more}}) { created experiment { id } }`,
    );
  const { createExperiment: first } = await create();
  expect(first.created).toBe(true);
  expect(await commands.newestEvent()).toMatchObject({
    type: "experiment.created",
    subjectType: "Experiment",
    experimentName: "life/one",
    before: null,
    after: { name: "life/one", description: "Why.", tags: [{ key: "t", value: "1" }] },
  });
  const before = await commands.revision();
  const { createExperiment: again } = await create(", ifExists: RETURN");
  expect(again).toEqual({ created: false, experiment: first.experiment });
  expect(await commands.revision()).toBe(before);
});

const long = (length: number) => "x".repeat(length);
const NAME = { code: "INVALID_INPUT", field: "input.name" };

test.each([
  ["the name of another one", `{name: "exp"}`, { code: "ALREADY_EXISTS", field: "input.name" }],
  ["a blank name", `{name: " "}`, NAME],
  ["a name with blanks at its ends", `{name: "a "}`, NAME],
  ["a name that is not in NFC", `{name: "e\u0301"}`, NAME],
  ["a long name", `{name: "${long(501)}"}`, NAME],
  [
    "a description with U+0000",
    `{name: "n", description: "\\u0000"}`,
    { code: "INVALID_INPUT", field: "input.description" },
  ],
  [
    "a long tag",
    `{name: "n", tags: [{key: "k", value: "${long(100_001)}"}]}`,
    { code: "INVALID_INPUT", field: "input.tags[0].value" },
  ],
])("refuses %s", async (_what, input, expected) => {
  expect(await commands.refusalOf(`createExperiment(input: ${input})`)).toMatchObject(expected);
});
