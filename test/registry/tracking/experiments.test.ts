import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation {
    a: createExperiment(input: {name: "a"}) { created }
    b: createExperiment(input: {name: "b"}) { created }
    r: createRun(input: {experiment: {name: "a"}, runId: "r"}) { run { id } }
  }`);
});
afterAll(() => server.stop());

const mutate = (mutation: string, as?: As) => server.data(`mutation { ${mutation} }`, {}, as);
const revision = async () => (await server.data("{ head { revision } }")).head.revision as number;

async function refusal(mutation: string, as?: As) {
  const before = await revision();
  const { errors } = await server.request(`mutation { ${mutation} { __typename } }`, {}, as);
  expect(await revision(), "nothing was told").toBe(before);
  return errors?.[0]?.extensions;
}

async function toldSince(after: number) {
  const { rows } = await server.database.pool.query(`SELECT * FROM "Event" WHERE "revision" > $1 ORDER BY 1`, [after]);
  return rows.map(({ type, subjectId, experimentName, body }) => {
    const { before, after: then } = JSON.parse(body);
    return { type, subjectId, experimentName, before, after: then };
  });
}

const create = async (name: string) =>
  (await mutate(`createExperiment(input: {name: "${name}"}) { experiment { id } }`)).createExperiment.experiment
    .id as string;

test("what does not change is not told", async () => {
  const start = await revision();
  await mutate(
    `updateExperiment(input: {experiment: {name: "a"}, name: "a", description: null}) { experiment { id } }`,
  );
  await mutate(`updateRun(input: {run: "r", name: null, status: RUNNING}) { run { id } }`);
  expect(await toldSince(start)).toEqual([]);
});

test("tags of an experiment and of a run are told, with the experiment", async () => {
  const start = await revision();
  const on = { Experiment: `{experiment: {name: "a"}}`, Run: `{run: "r"}` };
  for (const target of Object.values(on)) {
    for (const value of ["1", "1", "2"])
      await mutate(`setTag(input: {on: ${target}, key: "k", value: "${value}"}) { __typename }`);
    await mutate(`deleteTag(input: {on: ${target}, key: "k"}) { __typename }`);
  }
  const tag = (value: string) => ({ key: "k", value });
  const told = (noun: string) => [
    { type: `${noun}.tag_set`, experimentName: "a", before: null, after: tag("1") },
    { type: `${noun}.tag_set`, experimentName: "a", before: tag("1"), after: tag("2") },
    { type: `${noun}.tag_deleted`, experimentName: "a", before: tag("2"), after: null },
  ];
  expect(await toldSince(start)).toMatchObject([...told("experiment"), ...told("run")]);
});

describe("refused, and nothing written:", () => {
  test.each([
    [
      "a name that another has",
      `updateExperiment(input: {experiment: {name: "a"}, name: "b"})`,
      { code: "ALREADY_EXISTS", field: "input.name" },
    ],
    [
      "a blank name",
      `updateExperiment(input: {experiment: {name: "a"}, name: ""})`,
      { code: "INVALID_INPUT", field: "input.name" },
    ],
    [
      "a name in two spellings",
      `createExperiment(input: {name: "e\u0301"})`,
      { code: "INVALID_INPUT", field: "input.name" },
    ],
    [
      "a description of NUL",
      `createExperiment(input: {name: "n", description: "\\u0000"})`,
      { code: "INVALID_INPUT", field: "input.description" },
    ],
    ["a wrong id", `restoreExperiment(input: {id: "r"})`, { code: "INVALID_INPUT", field: "input.id" }],
    [
      "a tag's blank key",
      `setTag(input: {on: {experiment: {name: "a"}}, key: " ", value: ""})`,
      { code: "INVALID_INPUT", field: "input.key" },
    ],
    [
      "a tag's long value",
      `setTag(input: {on: {run: "r"}, key: "k", value: "${"x".repeat(8_001)}"})`,
      { code: "INVALID_INPUT", field: "input.value" },
    ],
    [
      "a tag on nothing",
      `setTag(input: {on: {run: "nobody"}, key: "k", value: ""})`,
      { code: "NOT_FOUND", field: "input.on.run" },
    ],
    ["a tag that is not there", `deleteTag(input: {on: {run: "r"}, key: "none"})`, { code: "NOT_FOUND" }],
    [
      "a run's id that reads as a global id",
      `createRun(input: {experiment: {name: "a"}, runId: "${Buffer.from("Run:r").toString("base64url")}"})`,
      { code: "INVALID_INPUT", field: "input.runId" },
    ],
    [
      "a run that a version names",
      `createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1", run: "nobody"})`,
      { code: "NOT_FOUND", field: "input.run" },
    ],
    [
      "a run's start after its end",
      `createRun(input: {experiment: {name: "a"}, status: KILLED, startedAt: "2026-01-02T00:00:00Z", endedAt: "2026-01-01T00:00:00Z"})`,
      { code: "INVALID_INPUT", field: "input.endedAt" },
    ],
    [
      "a run's long name",
      `updateRun(input: {run: "r", name: "${"x".repeat(501)}"})`,
      { code: "INVALID_INPUT", field: "input.name" },
    ],
    [
      "a run's long user",
      `updateRun(input: {run: "r", user: "${"x".repeat(257)}"})`,
      { code: "INVALID_INPUT", field: "input.user" },
    ],
    [
      "a param's second value",
      `createRun(input: {experiment: {name: "a"}, params: [{key: "p", value: "1"}, {key: "p", value: "2"}]})`,
      { code: "INVALID_INPUT", field: "input.params[1].key" },
    ],
    [
      "a tag's second value",
      `createRun(input: {experiment: {name: "a"}, tags: [{key: "p", value: "1"}, {key: "p", value: "2"}]})`,
      { code: "INVALID_INPUT", field: "input.tags[1].key" },
    ],
  ])("%s", async (_what, mutation, expected) => {
    expect(await refusal(mutation)).toMatchObject(expected);
  });
});

describe("an experiment that was deleted", () => {
  test("is closed with its runs, whichever way they are reached", async () => {
    const id = await create("closed");
    await mutate(`createRun(input: {experiment: {name: "closed"}, runId: "closed"}) { run { id } }
      other: createRun(input: {experiment: {name: "a"}, runId: "child", parent: "closed"}) { run { id } }
      deleteExperiment(input: {experiment: {id: "${id}"}}) { deletedId }`);
    for (const mutation of [
      `createRun(input: {experiment: {id: "${id}"}})`,
      `createRun(input: {experiment: {name: "a"}, parent: "closed"})`,
      `updateRun(input: {run: "closed", name: "n"})`,
      `restoreRun(input: {run: "closed"})`,
      `logBatch(input: {run: "closed", metrics: [{key: "k", value: 1}]})`,
      `updateExperiment(input: {experiment: {id: "${id}"}, name: "n"})`,
      `setTag(input: {on: {experiment: {id: "${id}"}}, key: "k", value: "v"})`,
    ]) {
      expect((await refusal(mutation))?.code, mutation).toBe("NOT_FOUND");
    }
    const READ = `{ run(id: "child") { parent { runId } } runs(where: {parent: "closed"}) { totalCount }
      experiments(where: {deleted: ONLY}) { nodes { name runs { totalCount } } } byName: runs(where: {experiment: {equals: "closed"}, deleted: ONLY}) { totalCount } }`;
    expect(await server.data(READ)).toEqual({
      run: { parent: null },
      runs: { totalCount: 0 },
      experiments: { nodes: [{ name: "closed", runs: { totalCount: 1 } }] },
      byName: { totalCount: 0 },
    });
    await create("closed");
    expect(await refusal(`restoreExperiment(input: {id: "${id}"})`)).toMatchObject({
      code: "ALREADY_EXISTS",
      field: "input.name",
    });
    await mutate(`restoreExperiment(input: {id: "${id}", name: "open"}) { experiment { id } }`);
    expect((await server.data(READ)).run).toEqual({ parent: { runId: "closed" } });
  });

  test("takes its runs' uses with it: it is in use by what is not its own only, and as far as the viewer sees", async () => {
    await mutate(`e: createExperiment(input: {name: "base"}) { created }
      r: createRun(input: {experiment: {name: "base"}, runId: "base"}) { run { id } }
      s: createRun(input: {experiment: {name: "base"}, runId: "base-2"}) { run { id } }
      o: logOutputs(input: {run: "base", datasets: [{name: "made", digest: "1"}]}) { run { id } }
      l: addLineage(input: {from: {run: "base"}, to: {run: "base-2"}}) { created }
      k: addLineage(input: {from: {run: "base"}, to: {run: "r"}}) { created }`);
    const remove = `deleteExperiment(input: {experiment: {name: "base"}})`;
    expect(await refusal(remove)).toMatchObject({
      code: "IN_USE",
      dependents: [{ dataset: "made", digest: "1" }, { runId: "r" }],
    });
    expect(await refusal(remove, { experiments: ["base"] })).toMatchObject({
      dependents: [{ dataset: "made", digest: "1" }],
    });
    expect(await refusal(remove, { scopes: ["runs:write"] })).toMatchObject({ code: "IN_USE", dependents: [] });
    await mutate(`x: removeLineage(input: {from: {run: "base"}, to: {run: "r"}}) { removed }
      y: deleteDataset(input: {dataset: {identity: {name: "made", digest: "1"}}}) { deletedId }
      ${remove} { deletedId }`);
  });
});
