import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  a: createExperiment(input: {name: "a"}) { created }
  b: createExperiment(input: {name: "b"}) { created }`);

test("changes the name and the description, and emits both values", async () => {
  await commands.mutate(
    `updateExperiment(input: {experiment: {name: "a"}, name: "a/2", description: "So."}) { experiment { id } }`,
  );
  expect(await commands.newestEvent()).toMatchObject({
    type: "experiment.updated",
    experimentName: "a/2",
    before: { name: "a", description: null },
    after: { name: "a/2", description: "So." },
  });
});

test("emits no event if nothing changes", async () => {
  const before = await commands.revision();
  await commands.mutate(
    `updateExperiment(input: {experiment: {name: "b"}, name: "b", description: null}) { experiment { id } }`,
  );
  expect(await commands.revision()).toBe(before);
});

test.each([
  ["the name of another one", `"a/2"`, { code: "ALREADY_EXISTS", field: "input.name" }],
  ["a blank name", `""`, { code: "INVALID_INPUT", field: "input.name" }],
])("refuses %s", async (_what, name, expected) => {
  expect(await commands.refusalOf(`updateExperiment(input: {experiment: {name: "b"}, name: ${name}})`)).toMatchObject(
    expected,
  );
});
