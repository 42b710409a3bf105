import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`createExperiment(input: {name: "exp"}) { created }`);

test("creates a run with its fields, params and tags", async () => {
  const { createRun } =
    await commands.mutate(`createRun(input: {experiment: {name: "exp"}, name: "n", user: "u", source: "train.py", gitCommit: "ABCDEF0",
      startedAt: "2026-01-01T00:00:00Z", params: [{key: "p", value: "1"}], tags: [{key: "t", value: "v"}]})
      { run { runId status endedAt name user source gitCommit parent { runId } params { key value } tags { key value } } }`);
  const { run } = createRun;
  expect(run).toEqual({
    runId: expect.stringMatching(/^[0-9a-f]{32}$/),
    status: "RUNNING",
    endedAt: null,
    name: "n",
    user: "u",
    source: "train.py",
    gitCommit: "abcdef0",
    parent: null,
    params: [{ key: "p", value: "1" }],
    tags: [{ key: "t", value: "v" }],
  });
  expect(await commands.newestEvent()).toMatchObject({
    type: "run.created",
    subjectType: "Run",
    subjectId: run.runId,
    experimentName: "exp",
    after: { name: "n", status: "RUNNING", params: [{ key: "p", value: "1" }], tags: [{ key: "t", value: "v" }] },
  });
});

test("creates one run under an idempotency key", async () => {
  const create = (name: string, key: string) =>
    `createRun(input: {experiment: {name: "exp"}, name: "${name}", idempotencyKey: "${key}"}) { run { runId } }`;
  const first = await commands.mutate(create("a", "k"));
  const before = await commands.revision();
  expect(await commands.mutate(create("a", "k"))).toEqual(first);
  expect(await commands.revision()).toBe(before);
  expect(await commands.refusal(`mutation { ${create("b", "k")} }`)).toMatchObject({
    code: "CONFLICT",
    field: "input.idempotencyKey",
  });
  const twins = await Promise.all(Array.from({ length: 10 }, () => commands.mutate(create("a", "twin"))));
  expect(new Set(twins.map(({ createRun }) => createRun.run.runId)).size).toBe(1);
});

test("gives a run a parent; the viewer sees the parents and children that the token covers", async () => {
  await commands.mutate(`
    a: createRun(input: {experiment: {name: "exp"}, runId: "parent"}) { run { id } }
    b: createRun(input: {experiment: {name: "exp"}, runId: "child-1", parent: "parent"}) { run { id } }
    c: createRun(input: {experiment: {name: "other"}, createExperiment: true, runId: "child-2", parent: "parent"}) { run { id } }
    d: createRun(input: {experiment: {name: "exp"}, runId: "grandchild", parent: "child-2"}) { run { id } }`);
  const READ = `{ run(id: "parent") { children(orderBy: {field: CREATED_AT, direction: ASC}) { totalCount nodes { runId } } } grandchild: run(id: "grandchild") { parent { runId } } runs(where: {parent: "parent"}) { totalCount } }`;
  expect(await commands.data(READ)).toEqual({
    run: { children: { totalCount: 2, nodes: [{ runId: "child-1" }, { runId: "child-2" }] } },
    grandchild: { parent: { runId: "child-2" } },
    runs: { totalCount: 2 },
  });
  expect(await commands.data(READ, {}, { experiments: ["exp"] })).toEqual({
    run: { children: { totalCount: 1, nodes: [{ runId: "child-1" }] } },
    grandchild: { parent: null },
    runs: { totalCount: 1 },
  });
});

const GLOBAL_ID = Buffer.from("Run:r").toString("base64url");
const MANY_PARAMS = Array.from({ length: 101 }, (_, i) => `{key: "${i}", value: ""}`);
const TWICE = `[{key: "p", value: "1"}, {key: "p", value: "2"}]`;

test.each([
  ["the id of another run", `runId: "child-1"`, { code: "ALREADY_EXISTS", field: "input.runId" }],
  ["a malformed id", `runId: "-x"`, { code: "INVALID_INPUT", field: "input.runId" }],
  ["an id that can be read as a global id", `runId: "${GLOBAL_ID}"`, { code: "INVALID_INPUT", field: "input.runId" }],
  ["an unknown parent", `parent: "nobody"`, { code: "NOT_FOUND", field: "input.parent" }],
  ["a malformed commit", `gitCommit: "HEAD"`, { code: "INVALID_INPUT", field: "input.gitCommit" }],
  ["a start before 1970", `startedAt: "1969-12-31T23:59:59Z"`, { code: "INVALID_INPUT", field: "input.startedAt" }],
  ["an end of a running run", `endedAt: "2026-01-01T00:00:00Z"`, { code: "INVALID_INPUT", field: "input.endedAt" }],
  [
    "an end before the start",
    `status: KILLED, startedAt: "2026-01-02T00:00:00Z", endedAt: "2026-01-01T00:00:00Z"`,
    { code: "INVALID_INPUT", field: "input.endedAt" },
  ],
  [
    "an end before the default start",
    `status: FAILED, endedAt: "2020-01-01T00:00:00Z"`,
    { code: "INVALID_INPUT", field: "input.endedAt" },
  ],
  ["too many params", `params: [${MANY_PARAMS}]`, { code: "INVALID_INPUT", field: "input.params" }],
  ["a param twice", `params: ${TWICE}`, { code: "INVALID_INPUT", field: "input.params[1].key" }],
  ["a tag twice", `tags: ${TWICE}`, { code: "INVALID_INPUT", field: "input.tags[1].key" }],
])("refuses %s", async (_what, input, expected) => {
  expect(await commands.refusalOf(`createRun(input: {experiment: {name: "exp"}, ${input}})`)).toMatchObject(expected);
});

test("refuses an unknown experiment", async () => {
  expect((await commands.refusalOf(`createRun(input: {experiment: {name: "none"}})`)).code).toBe("NOT_FOUND");
});
