import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  createExperiment(input: {name: "exp"}) { created }
  r: createRun(input: {experiment: {name: "exp"}, runId: "r"}) { run { id } }`);

const FIELDS = `loggedModelId name modelType status statusMessage artifactUri experiment { name } sourceRun { runId }
  params { key value } tags { key value }`;

async function create(fields = ""): Promise<string> {
  const { createLoggedModel } = await commands.mutate(
    `createLoggedModel(input: {experiment: {name: "exp"} ${fields}}) { loggedModel { loggedModelId } }`,
  );
  return createLoggedModel.loggedModel.loggedModelId;
}

const read = async (id: string, fields: string) =>
  (await commands.data(`{ loggedModel(id: "${id}") { ${fields} } }`)).loggedModel;

test("creates a logged model with its fields, params and tags, as an output of its run", async () => {
  const id = await create(`name: "lm", modelType: "sklearn", sourceRun: "r",
    params: [{key: "p", value: "1"}], tags: [{key: "t", value: "v"}]`);
  expect(id).toMatch(/^m-[0-9a-f]{32}$/);
  expect(await read(id, FIELDS)).toEqual({
    loggedModelId: id,
    name: "lm",
    modelType: "sklearn",
    status: "PENDING",
    statusMessage: null,
    artifactUri: expect.stringContaining(`/models/${id}/artifacts`),
    experiment: { name: "exp" },
    sourceRun: { runId: "r" },
    params: [{ key: "p", value: "1" }],
    tags: [{ key: "t", value: "v" }],
  });
  expect(await commands.newestEvent()).toMatchObject({
    type: "logged_model.created",
    subjectType: "LoggedModel",
    subjectId: id,
    experimentName: "exp",
    after: { name: "lm", status: "PENDING", sourceRunId: "r", params: [{ key: "p", value: "1" }] },
  });
  const { run } = await commands.data(`{ run(id: "r") {
    outputs { nodes { kind step loggedModel { loggedModelId } } } loggedModels { totalCount nodes { name } } } }`);
  expect(run).toEqual({
    outputs: { nodes: [{ kind: "OUTPUT", step: null, loggedModel: { loggedModelId: id } }] },
    loggedModels: { totalCount: 1, nodes: [{ name: "lm" }] },
  });
});

test("an upload ends once, and one that failed may be tried again", async () => {
  const id = await create();
  const finalize = (status: string, message = "") =>
    `finalizeLoggedModel(input: {loggedModel: "${id}", status: ${status} ${message}}) { loggedModel { status statusMessage } }`;
  await commands.mutate(finalize("UPLOAD_FAILED", `statusMessage: "disk full"`));
  expect(await commands.newestEvent()).toMatchObject({
    type: "logged_model.finalized",
    before: { status: "PENDING", statusMessage: null },
    after: { status: "UPLOAD_FAILED", statusMessage: "disk full" },
  });
  await commands.mutate(finalize("READY", "statusMessage: null"));
  const before = await commands.revision();
  await commands.mutate(finalize("READY"));
  expect(await commands.revision()).toBe(before);
  expect(await read(id, "status statusMessage")).toEqual({ status: "READY", statusMessage: null });
  expect(await commands.refusal(`mutation { ${finalize("PENDING")} }`)).toMatchObject({
    code: "INVALID_INPUT",
    field: "input.status",
  });
});

test("params are written once, all or nothing", async () => {
  const id = await create(`params: [{key: "a", value: "1"}]`);
  const log = (params: string) =>
    `logLoggedModelParams(input: {loggedModel: "${id}", params: ${params}}) { loggedModel { id } }`;
  await commands.mutate(log(`[{key: "a", value: "1"}, {key: "b", value: "2"}]`));
  expect(
    await commands.refusal(`mutation { ${log(`[{key: "c", value: "3"}, {key: "a", value: "9"}]`)} }`),
  ).toMatchObject({
    code: "CONFLICT",
    field: "input.params[1].value",
    value: "1",
  });
  expect(await read(id, 'params { key value } param(key: "b")')).toEqual({
    params: [
      { key: "a", value: "1" },
      { key: "b", value: "2" },
    ],
    param: "2",
  });
});

test("tags are set and deleted; the tag of its versions is the registry's", async () => {
  const id = await create();
  await commands.mutate(
    `setTag(input: {on: {loggedModel: "${id}"}, key: "k", value: "v"}) { loggedModel { tag(key: "k") } }`,
  );
  expect(await commands.newestEvent()).toMatchObject({ type: "logged_model.tag_set", subjectId: id });
  await commands.mutate(`deleteTag(input: {on: {loggedModel: "${id}"}, key: "k"}) { loggedModel { id } }`);
  expect(await commands.newestEvent()).toMatchObject({
    type: "logged_model.tag_deleted",
    before: { key: "k", value: "v" },
  });
  const computed = `setTag(input: {on: {loggedModel: "${id}"}, key: "mlflow.modelVersions", value: "[]"}) { loggedModel { id } }`;
  expect(await commands.refusal(`mutation { ${computed} }`)).toMatchObject({ code: "INVALID_INPUT" });
});

test("a deleted logged model is hidden, and comes back as it was", async () => {
  const id = await create(`name: "gone"`);
  await commands.mutate(`deleteLoggedModel(input: {loggedModel: "${id}"}) { deletedId }`);
  expect(await commands.newestEvent()).toMatchObject({ type: "logged_model.deleted", before: { name: "gone" } });
  expect(await read(id, "name")).toBeNull();
  expect(await commands.data(`{ loggedModels(where: {deleted: ONLY}) { nodes { name } } }`)).toEqual({
    loggedModels: { nodes: [{ name: "gone" }] },
  });
  const again = `deleteLoggedModel(input: {loggedModel: "${id}"}) { deletedId }`;
  expect(await commands.refusal(`mutation { ${again} }`)).toMatchObject({ code: "NOT_FOUND" });
  const restore = `restoreLoggedModel(input: {loggedModel: "${id}"}) { loggedModel { name } }`;
  expect(await commands.mutate(restore)).toEqual({ restoreLoggedModel: { loggedModel: { name: "gone" } } });
  expect(await commands.refusal(`mutation { ${restore} }`)).toMatchObject({ code: "CONFLICT" });
});

test("a run with a logged model is deleted only by force", async () => {
  const make = `createRun(input: {experiment: {name: "exp"}, runId: "maker"}) { run { id } }`;
  await commands.mutate(make);
  const id = await create(`sourceRun: "maker"`);
  expect(await commands.refusal(`mutation { deleteRun(input: {run: "maker"}) { deletedId } }`)).toMatchObject({
    code: "IN_USE",
    dependents: [{ loggedModelId: id }],
  });
  await commands.mutate(`deleteRun(input: {run: "maker", force: true}) { deletedId }`);
  expect(await read(id, "sourceRun { runId }")).toEqual({ sourceRun: null });
});

test("lists by filter and order, below its experiment too", async () => {
  await create(
    `name: "alpha", modelType: "x", params: [{key: "depth", value: "3"}], tags: [{key: "team", value: "risk"}]`,
  );
  await create(`name: "beta", modelType: "x"`);
  const names = async (where: string, order = "") => {
    const { loggedModels } = await commands.data(
      `{ loggedModels(where: {modelType: "x", ${where}} ${order}) { nodes { name } } }`,
    );
    return loggedModels.nodes.map((node: { name: string }) => node.name);
  };
  expect(await names("")).toEqual(["beta", "alpha"]);
  expect(await names("", "orderBy: {field: NAME, direction: ASC}")).toEqual(["alpha", "beta"]);
  expect(await names(`params: [{key: "depth", value: "3"}]`)).toEqual(["alpha"]);
  expect(await names(`tag: {key: "team", value: "risk"}`)).toEqual(["alpha"]);
  expect(await names(`name: {containsIgnoreCase: "BET"}, status: [PENDING], experiment: {equals: "exp"}`)).toEqual([
    "beta",
  ]);
  const { experiment } = await commands.data(
    `{ experiment(name: "exp") { loggedModels(where: {modelType: "x"}) { totalCount } } }`,
  );
  expect(experiment).toEqual({ loggedModels: { totalCount: 2 } });
});
