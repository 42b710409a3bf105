import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  e: createExperiment(input: {name: "a"}) { created }
  r: createRun(input: {experiment: {name: "a"}, runId: "r"}) { run { id } }
  d: registerDataset(input: {name: "iris", digest: "1"}) { created }
  v: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }`);

const TARGETS = {
  model: { on: `{model: {name: "m"}}`, experimentName: null },
  model_version: { on: `{modelVersion: {number: {model: "m", number: 1}}}`, experimentName: null },
  experiment: { on: `{experiment: {name: "a"}}`, experimentName: "a" },
  run: { on: `{run: "r"}`, experimentName: "a" },
  dataset: { on: `{dataset: {identity: {name: "iris", digest: "1"}}}`, experimentName: null },
};

test.each(Object.entries(TARGETS))(
  "setTag and deleteTag on a %s emit the changes of its value",
  async (noun, target) => {
    const { on, experimentName } = target;
    const start = await commands.revision();
    for (const value of ["1", "1", "2"])
      await commands.mutate(`setTag(input: {on: ${on}, key: "k", value: "${value}"}) { __typename }`);
    await commands.mutate(`deleteTag(input: {on: ${on}, key: "k"}) { __typename }`);
    const tag = (value: string) => ({ key: "k", value });
    expect(await commands.eventsSince(start)).toMatchObject([
      { type: `${noun}.tag_set`, experimentName, before: null, after: tag("1") },
      { type: `${noun}.tag_set`, experimentName, before: tag("1"), after: tag("2") },
      { type: `${noun}.tag_deleted`, experimentName, before: tag("2"), after: null },
    ]);
  },
);

test("a tag of a version raises the model's updatedAt, and is not a tag of the model", async () => {
  const SET = `mutation ($value: String!) { setTag(input: {on: ${TARGETS.model_version.on}, key: "k", value: $value}) { modelVersion { tag(key: "k") updatedAt } model { tag(key: "k") updatedAt } } }`;
  const first = (await commands.data(SET, { value: "1" })).setTag;
  expect(first).toMatchObject({ modelVersion: { tag: "1" }, model: { tag: null } });
  const second = (await commands.data(SET, { value: "2" })).setTag;
  expect(second.modelVersion.tag).toBe("2");
  expect(second.model.updatedAt >= first.model.updatedAt).toBe(true);
});

test("a tag of a model may have 100 000 characters", async () => {
  const value = "x".repeat(100_000);
  const { setTag } = await commands.data(
    `mutation ($value: String!) { setTag(input: {on: ${TARGETS.model.on}, key: "long", value: $value}) { model { tag(key: "long") } } }`,
    { value },
  );
  expect(setTag.model.tag).toBe(value);
});

test.each([
  [
    "a blank key",
    `setTag(input: {on: {experiment: {name: "a"}}, key: " ", value: ""})`,
    { code: "INVALID_INPUT", field: "input.key" },
  ],
  [
    "a long value of a run's tag",
    `setTag(input: {on: {run: "r"}, key: "k", value: "${"x".repeat(8_001)}"})`,
    { code: "INVALID_INPUT", field: "input.value" },
  ],
  [
    "an unknown run",
    `setTag(input: {on: {run: "nobody"}, key: "k", value: ""})`,
    { code: "NOT_FOUND", field: "input.on.run" },
  ],
  [
    "an unknown tag",
    `deleteTag(input: {on: {run: "r"}, key: "none"})`,
    { code: "NOT_FOUND", message: 'The tag "none" was not found.' },
  ],
])("refuses %s", async (_what, mutation, expected) => {
  expect(await commands.refusalOf(mutation)).toMatchObject(expected);
});
