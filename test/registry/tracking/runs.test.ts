import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(
    `mutation { createExperiment(input: {name: "exp", description: "Why.", tags: [{key: "t", value: "1"}]}) { created } }`,
  );
});
afterAll(() => server.stop());

async function refusal(mutation: string, as?: As) {
  const before = await revision();
  const { errors } = await server.request(`mutation { ${mutation} { __typename } }`, {}, as);
  expect(await revision(), "nothing was told").toBe(before);
  return errors?.[0]?.extensions;
}

const revision = async () => (await server.data("{ head { revision } }")).head.revision as number;

async function told() {
  const { rows } = await server.database.pool.query(`SELECT * FROM "Event" ORDER BY "revision" DESC LIMIT 1`);
  const { type, subjectType, subjectId, experimentName, body } = rows[0];
  const { before, after } = JSON.parse(body);
  return { type, subjectType, subjectId, experimentName, before, after };
}

const RUN = "run { runId status endedAt name user source gitCommit parent { runId } }";

describe("an experiment", () => {
  test("is created, renamed, deleted and restored, each as an event", async () => {
    const { createExperiment } = await server.data(
      `mutation { createExperiment(input: {name: "life/one"}) { created experiment { id name } } }`,
    );
    expect(await told()).toMatchObject({
      type: "experiment.created",
      subjectType: "Experiment",
      experimentName: "life/one",
    });
    const { id } = createExperiment.experiment;
    expect(
      (
        await server.data(
          `mutation { createExperiment(input: {name: "life/one", ifExists: RETURN}) { created experiment { id } } }`,
        )
      ).createExperiment,
    ).toEqual({
      created: false,
      experiment: { id },
    });
    await server.data(
      `mutation { updateExperiment(input: {experiment: {id: "${id}"}, name: "life/two", description: "So."}) { experiment { id } } }`,
    );
    expect(await told()).toMatchObject({
      type: "experiment.updated",
      experimentName: "life/two",
      before: { name: "life/one", description: null },
      after: { name: "life/two", description: "So." },
    });
    await server.data(
      `mutation { createRun(input: {experiment: {id: "${id}"}, runId: "of-life"}) { run { id } } deleteExperiment(input: {experiment: {name: "life/two"}}) { deletedId } }`,
    );
    expect(await told()).toMatchObject({ type: "experiment.deleted", after: null });
    const GONE = `{ experiment(name: "life/two") { id } node(id: "${id}") { id } run(id: "of-life") { id } runs(where: {experiment: {startsWith: "life"}}) { totalCount } }`;
    expect(await server.data(GONE)).toEqual({ experiment: null, node: null, run: null, runs: { totalCount: 0 } });
    await server.data(`mutation { createExperiment(input: {name: "life/two"}) { created } }`);
    expect((await refusal(`restoreExperiment(input: {id: "${id}"})`))?.code).toBe("ALREADY_EXISTS");
    await server.data(
      `mutation { restoreExperiment(input: {id: "${id}", name: "life/three"}) { experiment { name } } }`,
    );
    expect(await told()).toMatchObject({ type: "experiment.restored", after: { name: "life/three" } });
    expect((await server.data(`{ run(id: "of-life") { experiment { name } } }`)).run.experiment.name).toBe(
      "life/three",
    );
    expect((await refusal(`restoreExperiment(input: {id: "${id}"})`))?.code).toBe("CONFLICT");
  });

  test.each([
    ["a taken name", `createExperiment(input: {name: "exp"})`, { code: "ALREADY_EXISTS", field: "input.name" }],
    ["a blank name", `createExperiment(input: {name: " "})`, { code: "INVALID_INPUT", field: "input.name" }],
    [
      "a name with blanks at its ends",
      `createExperiment(input: {name: "a "})`,
      { code: "INVALID_INPUT", field: "input.name" },
    ],
    [
      "a long name",
      `createExperiment(input: {name: "${"x".repeat(501)}"})`,
      { code: "INVALID_INPUT", field: "input.name" },
    ],
    ["nothing of the name", `deleteExperiment(input: {experiment: {name: "none"}})`, { code: "NOT_FOUND" }],
    [
      "a long tag",
      `createExperiment(input: {name: "n", tags: [{key: "k", value: "${"x".repeat(8001)}"}]})`,
      { code: "INVALID_INPUT", field: "input.tags[0].value" },
    ],
  ])("is refused: %s", async (_what, mutation, expected) => {
    expect(await refusal(mutation)).toMatchObject(expected);
  });
});

describe("a run", () => {
  test("goes from its creation to its end, and on", async () => {
    const { createRun } =
      await server.data(`mutation { createRun(input: {experiment: {name: "exp"}, name: "n", user: "u", source: "train.py", gitCommit: "ABCDEF0",
      startedAt: "2026-01-01T00:00:00Z", params: [{key: "p", value: "1"}], tags: [{key: "t", value: "v"}]}) { ${RUN} } }`);
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
    });
    expect(await told()).toMatchObject({
      ...{ type: "run.created", subjectType: "Run", subjectId: run.runId, experimentName: "exp" },
      after: { name: "n", status: "RUNNING", params: [{ key: "p", value: "1" }], tags: [{ key: "t", value: "v" }] },
    });
    await server.data(
      `mutation { updateRun(input: {run: "${run.runId}", name: null, source: "eval.py"}) { run { id } } }`,
    );
    expect(await told()).toMatchObject({
      type: "run.updated",
      before: { name: "n", source: "train.py" },
      after: { name: null, source: "eval.py" },
    });
    const finish = `mutation { finishRun(input: {run: "${run.runId}", endedAt: "2026-01-02T00:00:00Z"}) { ${RUN} } }`;
    expect((await server.data(finish)).finishRun.run).toMatchObject({
      status: "FINISHED",
      endedAt: "2026-01-02T00:00:00.000Z",
    });
    expect(await told()).toMatchObject({
      type: "run.finished",
      before: { status: "RUNNING" },
      after: { status: "FINISHED" },
    });
    const before = await revision();
    await server.data(finish);
    expect(await revision(), "told once").toBe(before);
    expect(await refusal(`finishRun(input: {run: "${run.runId}", status: FAILED})`)).toMatchObject({
      code: "CONFLICT",
      status: "FINISHED",
    });
    expect(
      (await server.data(`mutation { updateRun(input: {run: "${run.runId}", status: RUNNING}) { ${RUN} } }`)).updateRun
        .run,
    ).toMatchObject({ status: "RUNNING", endedAt: null });
    await server.data(`mutation { deleteRun(input: {run: "${run.runId}"}) { deletedId } }`);
    expect(await told()).toMatchObject({ type: "run.deleted" });
    expect((await refusal(`updateRun(input: {run: "${run.runId}", name: "x"})`))?.code).toBe("NOT_FOUND");
    expect((await refusal(`logBatch(input: {run: "${run.runId}", params: [{key: "q", value: "1"}]})`))?.code).toBe(
      "NOT_FOUND",
    );
    await server.data(`mutation { restoreRun(input: {run: "${run.runId}"}) { run { id } } }`);
    expect(await told()).toMatchObject({ type: "run.restored" });
    expect((await refusal(`restoreRun(input: {run: "${run.runId}"})`))?.code).toBe("CONFLICT");
    const { run: again } = await server.data(`{ run(id: "${run.runId}") { params { key value } tags { key value } } }`);
    expect(again).toEqual({ params: [{ key: "p", value: "1" }], tags: [{ key: "t", value: "v" }] });
  });

  test("under an idempotency key is created once", async () => {
    const create = (name: string) =>
      `mutation { createRun(input: {experiment: {name: "exp"}, name: "${name}", idempotencyKey: "k"}) { run { runId } } }`;
    const first = await server.data(create("a"));
    const before = await revision();
    expect(await server.data(create("a"))).toEqual(first);
    expect(await revision()).toBe(before);
    expect((await server.request(create("b"))).errors?.[0]?.extensions).toMatchObject({
      code: "CONFLICT",
      field: "input.idempotencyKey",
    });
    const twins = await Promise.all(
      Array.from({ length: 10 }, () => server.data(create("a").replace('"k"', '"twin"'))),
    );
    expect(new Set(twins.map(({ createRun }) => createRun.run.runId)).size).toBe(1);
  });

  test("has a parent and children that the viewer may see", async () => {
    await server.data(`mutation {
      a: createRun(input: {experiment: {name: "exp"}, runId: "parent"}) { run { id } }
      b: createRun(input: {experiment: {name: "exp"}, runId: "child-1", parent: "parent"}) { run { id } }
      c: createRun(input: {experiment: {name: "other"}, createExperiment: true, runId: "child-2", parent: "parent"}) { run { id } }
      d: createRun(input: {experiment: {name: "exp"}, runId: "grandchild", parent: "child-2"}) { run { id } }
    }`);
    const ASK = `{ run(id: "parent") { children(orderBy: {field: CREATED_AT, direction: ASC}) { totalCount nodes { runId } } } grandchild: run(id: "grandchild") { parent { runId } } runs(where: {parent: "parent"}) { totalCount } }`;
    expect(await server.data(ASK)).toEqual({
      run: { children: { totalCount: 2, nodes: [{ runId: "child-1" }, { runId: "child-2" }] } },
      grandchild: { parent: { runId: "child-2" } },
      runs: { totalCount: 2 },
    });
    expect(await server.data(ASK, {}, { experiments: ["exp"] })).toEqual({
      run: { children: { totalCount: 1, nodes: [{ runId: "child-1" }] } },
      grandchild: { parent: null },
      runs: { totalCount: 1 },
    });
  });

  test.each([
    [
      "an id that is taken",
      `createRun(input: {experiment: {name: "exp"}, runId: "parent"})`,
      { code: "ALREADY_EXISTS", field: "input.runId" },
    ],
    [
      "an id that is none",
      `createRun(input: {experiment: {name: "exp"}, runId: "-x"})`,
      { code: "INVALID_INPUT", field: "input.runId" },
    ],
    ["no such experiment", `createRun(input: {experiment: {name: "none"}})`, { code: "NOT_FOUND" }],
    [
      "no such parent",
      `createRun(input: {experiment: {name: "exp"}, parent: "nobody"})`,
      { code: "NOT_FOUND", field: "input.parent" },
    ],
    [
      "a commit that is none",
      `createRun(input: {experiment: {name: "exp"}, gitCommit: "HEAD"})`,
      { code: "INVALID_INPUT", field: "input.gitCommit" },
    ],
    [
      "a start before 1970",
      `createRun(input: {experiment: {name: "exp"}, startedAt: "1969-12-31T23:59:59Z"})`,
      { code: "INVALID_INPUT", field: "input.startedAt" },
    ],
    [
      "an end while it runs",
      `createRun(input: {experiment: {name: "exp"}, endedAt: "2026-01-01T00:00:00Z"})`,
      { code: "INVALID_INPUT", field: "input.endedAt" },
    ],
    [
      "an end before its start",
      `createRun(input: {experiment: {name: "exp"}, status: FAILED, endedAt: "2020-01-01T00:00:00Z"})`,
      { code: "INVALID_INPUT", field: "input.endedAt" },
    ],
    [
      "too many params",
      `createRun(input: {experiment: {name: "exp"}, params: [${Array.from({ length: 101 }, (_, i) => `{key: "${i}", value: ""}`)}]})`,
      { code: "INVALID_INPUT", field: "input.params" },
    ],
    [
      "an end that is none",
      `finishRun(input: {run: "parent", status: RUNNING})`,
      { code: "INVALID_INPUT", field: "input.status" },
    ],
  ])("is refused: %s", async (_what, mutation, expected) => {
    expect(await refusal(mutation)).toMatchObject(expected);
  });
});

describe("what others stand on", () => {
  test("is in use, and by what is told to whoever may see it", async () => {
    await server.data(`mutation {
      r: createRun(input: {experiment: {name: "exp"}, runId: "base"}) { run { id } }
      i: logInputs(input: {run: "base", datasets: [{dataset: {name: "ds", digest: "1"}}]}) { run { id } }
      v: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1", run: "base"}) { modelVersion { id } }
      s: createRun(input: {experiment: {name: "other"}, createExperiment: true, runId: "tune"}) { run { id } }
      j: logInputs(input: {run: "tune", modelVersions: [{version: {number: {model: "m", number: 1}}, context: "fine-tuning"}]}) { run { id } }
    }`);
    const DELETES = {
      dataset: `deleteDataset(input: {dataset: {identity: {name: "ds", digest: "1"}}})`,
      run: `deleteRun(input: {run: "base"})`,
      experiment: `deleteExperiment(input: {experiment: {name: "exp"}})`,
      version: `deleteModelVersion(input: {version: {number: {model: "m", number: 1}}})`,
      model: `deleteModel(input: {model: {name: "m"}})`,
    };
    const listed = async (mutation: string, as?: As) => {
      const said = await refusal(mutation, as);
      expect(said?.code).toBe("IN_USE");
      return said?.dependents;
    };
    expect(await listed(DELETES.dataset)).toEqual([{ runId: "base" }]);
    expect(await listed(DELETES.run)).toEqual([{ model: "m", number: 1 }]);
    expect(await listed(DELETES.experiment)).toEqual([{ model: "m", number: 1 }]);
    expect(await listed(DELETES.version)).toEqual([{ runId: "tune" }]);
    expect(await listed(DELETES.model)).toEqual([{ runId: "tune" }]);
    expect(await listed(DELETES.version, { experiments: ["exp"] })).toEqual([]);
    expect(await listed(DELETES.run, { models: ["n*"], experiments: ["exp"] })).toEqual([]);
    expect(await listed(DELETES.dataset, { scopes: ["runs:write"] })).toEqual([]);
    for (const mutation of Object.values(DELETES)) {
      if (mutation.startsWith("deleteModel(") || mutation.startsWith("deleteExperiment")) continue;
      await server.data(`mutation { ${mutation.replace(/\}\)$/, ", force: true})")} { deletedId } }`);
    }
  });

  test("a version's run is fixed with the version, and must be there", async () => {
    await server.data(
      `mutation { createRun(input: {experiment: {name: "exp"}, runId: "maker"}) { run { id } } finishRun(input: {run: "maker"}) { run { id } } }`,
    );
    const create = (more: string) => `createModelVersion(input: {model: {name: "made"}, createModel: true, ${more}})`;
    await server.data(`mutation { ${create('status: PENDING_REGISTRATION, run: "maker"')} { modelVersion { id } } }`);
    expect((await refusal(create('source: "s3://b/1", run: "nobody"')))?.code).toBe("NOT_FOUND");
    expect((await refusal(create('source: "s3://b/1", run: "maker"'), { experiments: ["x"] }))?.code).toBe("NOT_FOUND");
    const version = `version: {number: {model: "made", number: 1}}`;
    await server.data(`mutation { a: createRun(input: {experiment: {name: "exp"}, runId: "maker-2"}) { run { id } }
      u: updateModelVersion(input: {${version}, run: "maker-2"}) { modelVersion { id } } }`);
    const { run } = await server.data(
      `{ run: modelVersion(ref: {number: {model: "made", number: 1}}) { run { runId } upstream { nodes { kind run { runId } } } } }`,
    );
    expect(run).toEqual({
      run: { runId: "maker-2" },
      upstream: { nodes: [{ kind: "OUTPUT", run: { runId: "maker-2" } }] },
    });
    await server.data(
      `mutation { updateModelVersion(input: {${version}, source: "s3://b/1", status: READY}) { modelVersion { id } } }`,
    );
    expect(await refusal(`updateModelVersion(input: {${version}, run: "maker"})`)).toMatchObject({
      code: "CONFLICT",
      field: "input.run",
    });
    await expect(
      server.database.pool.query(`UPDATE "ModelVersion" SET "runId" = 'maker' WHERE "runId" = 'maker-2'`),
    ).rejects.toThrow("fixed");
  });
});
