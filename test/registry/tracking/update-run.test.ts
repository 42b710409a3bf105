import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  createRun(input: {experiment: {name: "exp"}, createExperiment: true, runId: "r", name: "n", source: "train.py",
    startedAt: "2026-01-01T00:00:00Z"}) { run { id } }`);

test("changes and clears fields, and emits both values", async () => {
  await commands.mutate(`updateRun(input: {run: "r", name: null, source: "eval.py"}) { run { id } }`);
  expect(await commands.newestEvent()).toMatchObject({
    type: "run.updated",
    experimentName: "exp",
    before: { name: "n", source: "train.py" },
    after: { name: null, source: "eval.py" },
  });
  const before = await commands.revision();
  await commands.mutate(`updateRun(input: {run: "r", name: null, status: RUNNING}) { run { id } }`);
  expect(await commands.revision(), "nothing changes").toBe(before);
});

test("finishRun ends a run once; updateRun lets it continue", async () => {
  const finish = `finishRun(input: {run: "r", endedAt: "2026-01-02T00:00:00Z"}) { run { status endedAt } }`;
  const ended = { status: "FINISHED", endedAt: "2026-01-02T00:00:00.000Z" };
  expect((await commands.mutate(finish)).finishRun.run).toEqual(ended);
  expect(await commands.newestEvent()).toMatchObject({
    type: "run.finished",
    before: { status: "RUNNING", endedAt: null },
    after: ended,
  });
  const before = await commands.revision();
  await commands.mutate(finish);
  expect(await commands.revision(), "one event").toBe(before);
  expect(await commands.refusalOf(`finishRun(input: {run: "r", status: FAILED})`)).toMatchObject({
    code: "CONFLICT",
    message: "The run is already FINISHED.",
    status: "FINISHED",
  });
  const { updateRun } = await commands.mutate(
    `updateRun(input: {run: "r", status: RUNNING}) { run { status endedAt } }`,
  );
  expect(updateRun.run).toEqual({ status: "RUNNING", endedAt: null });
});

const long = (length: number) => "x".repeat(length);

test.each([
  ["a long name", `updateRun(input: {run: "r", name: "${long(501)}"})`, { field: "input.name" }],
  ["a long user", `updateRun(input: {run: "r", user: "${long(257)}"})`, { field: "input.user" }],
  ["a status that is not an end", `finishRun(input: {run: "r", status: RUNNING})`, { field: "input.status" }],
  [
    "an end of a running run",
    `updateRun(input: {run: "r", endedAt: "2026-01-02T00:00:00Z"})`,
    {
      field: "input.endedAt",
      message:
        "input.endedAt is allowed only for a run that has ended: set the status to FINISHED, FAILED or KILLED too.",
    },
  ],
  [
    "an end before the start",
    `finishRun(input: {run: "r", endedAt: "2025-12-31T00:00:00Z"})`,
    { field: "input.endedAt", message: "The end of a run must not be before its start." },
  ],
])("refuses %s", async (_what, mutation, expected) => {
  expect(await commands.refusalOf(mutation)).toMatchObject({ code: "INVALID_INPUT", ...expected });
});
