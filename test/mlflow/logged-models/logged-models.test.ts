import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { MLFLOW_ROUTES } from "../../../src/mlflow/mlflow-api.js";
import { revision } from "../../security/authorization/fixture.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { type Call, mlflowClient } from "../mlflow-client.js";

let server: TestServer;
let call: Call;
let number: string;
let seeds = 0;
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
  const made = await server.data(`mutation {
    createExperiment(input: {name: "exp"}) { experiment { number } }
    r: createRun(input: {experiment: {name: "exp"}, runId: "run"}) { run { id } }
    m: registerModel(input: {name: "fraud"}) { created }
    n: registerModel(input: {name: "other"}) { created }
  }`);
  number = String(made.createExperiment.experiment.number);
});
afterAll(() => server?.stop());

async function create(fields: object = {}): Promise<string> {
  const name = `lm-${++seeds}`;
  const { body } = await call("POST", "/logged-models", {
    experiment_id: number,
    name,
    source_run_id: "run",
    ...fields,
  });
  return body.model.info.model_id;
}
const get = async (id: string) => (await call("GET", `/logged-models/${id}`)).body.model;

interface Example {
  readonly fields: object;
  readonly scopes: readonly Scope[];
}
const READ = ["runs:read"] as const;
const WRITE = ["runs:read", "runs:write"] as const;

/** What each endpoint requires of a token, and a request that it then grants. */
const EXAMPLES: Readonly<Record<string, (id: string) => Example>> = {
  "POST /logged-models": () => ({ fields: { experiment_id: number, name: "mine" }, scopes: WRITE }),
  "POST /logged-models/search": () => ({ fields: { experiment_ids: [number] }, scopes: READ }),
  "GET /logged-models/{model_id}": () => ({ fields: {}, scopes: READ }),
  "PATCH /logged-models/{model_id}": (id) => ({
    fields: { model_id: id, status: "LOGGED_MODEL_READY" },
    scopes: WRITE,
  }),
  "DELETE /logged-models/{model_id}": () => ({ fields: {}, scopes: ["runs:write"] }),
  "GET /logged-models/{model_id}/artifacts/directories": () => ({
    fields: {},
    scopes: ["runs:read", "artifacts:read"],
  }),
  "PATCH /logged-models/{model_id}/tags": () => ({
    fields: { tags: [{ key: "k", value: "v" }] },
    scopes: ["runs:write"],
  }),
  "DELETE /logged-models/{model_id}/tags/{tag_key}": () => ({ fields: {}, scopes: ["runs:write"] }),
  "POST /logged-models/{model_id}/params": (id) => ({
    fields: { model_id: id, params: [{ key: "k", value: "v" }] },
    scopes: ["runs:write"],
  }),
  "POST /runs/outputs": (id) => ({
    fields: { run_id: "run", models: [{ model_id: id, step: 3 }] },
    scopes: ["runs:write"],
  }),
};

test("every endpoint has an example", () => {
  const paths = MLFLOW_ROUTES.map(({ method, path }) => `${method} ${path}`);
  expect(paths.filter((path) => /logged-models|runs\/outputs/.test(path)).sort()).toEqual(Object.keys(EXAMPLES).sort());
});

const pathOf = (endpoint: string, id: string) =>
  endpoint.split(" ").map((part) => part.replace("{model_id}", id).replace("{tag_key}", "a%2Fb")) as [string, string];

test.each(Object.entries(EXAMPLES))("%s requires each of its scopes", async (endpoint, exampleOf) => {
  const id = await create({ tags: [{ key: "a/b", value: "v" }] });
  const { fields, scopes } = exampleOf(id);
  const as = (held: readonly Scope[]) => ({ subject: "mallory", scopes: held });
  const before = await revision(server);
  for (const missing of scopes) {
    const held = scopes.filter((scope) => scope !== missing);
    const { status, body } = await call(...pathOf(endpoint, id), fields, as(held.length > 0 ? held : ["models:read"]));
    expect({ missing, status, code: body.error_code }).toEqual({ missing, status: 403, code: "PERMISSION_DENIED" });
  }
  expect(await revision(server), "nothing was written").toBe(before);
  const granted = await call(...pathOf(endpoint, id), fields, as(scopes));
  expect({ status: granted.status, body: granted.body }).toMatchObject({ status: 200 });
});

test("what a claim does not cover is missing, and nothing of it is shown or changed", async () => {
  const id = await create({ tags: [{ key: "a/b", value: "v" }] });
  const absent = `m-${"0".repeat(32)}`;
  const before = await revision(server);
  for (const as of [
    { subject: "narrow", experiments: ["elsewhere"] },
    { subject: "by-version", models: ["fraud"] },
  ]) {
    const found = await call("POST", "/logged-models/search", { experiment_ids: [number] }, as);
    expect(found.body).toEqual({});
    for (const endpoint of Object.keys(EXAMPLES)) {
      if (endpoint.endsWith("/search") || endpoint === "POST /logged-models") continue;
      const [hidden, missing] = await Promise.all(
        [id, absent].map((each) => call(...pathOf(endpoint, each), EXAMPLES[endpoint]?.(each).fields, as)),
      );
      expect({ endpoint, status: hidden?.status }).toEqual({ endpoint, status: 404 });
      expect(hidden?.body.message.replaceAll(id, absent)).toBe(missing?.body.message);
    }
    const created = await call("POST", "/logged-models", { experiment_id: number, name: "x" }, as);
    expect(created.status).toBe(as.subject === "narrow" ? 404 : 403);
  }
  expect(await revision(server)).toBe(before);
});

test("a version that is registered from a logged model is linked, with the run that made it", async () => {
  const id = await create();
  const source = `models:/${id}`;
  const register = (fields: object, as = {}) =>
    call("POST", "/model-versions/create", { name: "fraud", source, ...fields }, as);
  const { body } = await register({});
  expect(body.model_version).toMatchObject({ version: "1", source, run_id: "run" });
  await register({ model_id: id });
  const { model } =
    await server.data(`{ model(name: "fraud") { versions(orderBy: {field: NUMBER, direction: ASC}) { nodes {
    loggedModel { loggedModelId } externalModelId run { runId } upstream { nodes { kind loggedModel { loggedModelId } run { runId } } } } } } }`);
  expect(model.versions.nodes[0]).toEqual({
    loggedModel: { loggedModelId: id },
    externalModelId: null,
    run: { runId: "run" },
    upstream: {
      nodes: [
        { kind: "REGISTRATION", loggedModel: { loggedModelId: id }, run: null },
        { kind: "OUTPUT", loggedModel: null, run: { runId: "run" } },
      ],
    },
  });
  const { tags } = (await get(id)).info;
  const [versions] = tags;
  expect(versions).toEqual({
    key: "mlflow.modelVersions",
    value: `[{"name": "fraud", "version": 1}, {"name": "fraud", "version": 2}]`,
  });
  // the client writes its own list back
  const before = await revision(server);
  const patched = await call("PATCH", `/logged-models/${id}/tags`, { tags: [{ ...versions, value: "[]" }] });
  expect(patched.status).toBe(200);
  expect([await revision(server), (await get(id)).info.tags]).toEqual([before, tags]);
  const narrow = await call(
    "GET",
    `/logged-models/${id}`,
    {},
    { subject: "n", experiments: ["exp"], models: ["other"] },
  );
  expect(narrow.body.model.info.tags).toBeUndefined();
  const { lineage } = await server.data(
    `{ lineage(of: {run: "run"}, direction: DOWNSTREAM, kinds: [MODEL_VERSION]) { counts { kind count } } }`,
  );
  expect(lineage.counts).toEqual([{ kind: "MODEL_VERSION", count: 2 }]);
});

test("what is not a logged model of this token stays external, also when its version is copied", async () => {
  const id = await create();
  const as = { subject: "narrow", scopes: ["models:read", "models:write", "artifacts:read"] as const };
  const register = (fields: object, who = {}) =>
    call("POST", "/model-versions/create", { name: "other", ...fields }, who);
  expect((await register({ source: `models:/${id}` }, as)).status).toBe(200);
  expect((await register({ source: "models:/m-1f2e", model_id: "m-1f2e" })).status).toBe(200);
  expect((await register({ source: `models:/${id}` })).status).toBe(200);
  expect((await register({ source: "models:/other/3" }, as)).status).toBe(200);
  const { model } = await server.data(`{ model(name: "other") { versions(orderBy: {field: NUMBER, direction: ASC}) {
    nodes { loggedModel { loggedModelId } externalModelId } } } }`);
  expect(model.versions.nodes).toEqual([
    { loggedModel: null, externalModelId: id },
    { loggedModel: null, externalModelId: "m-1f2e" },
    { loggedModel: { loggedModelId: id }, externalModelId: null },
    { loggedModel: null, externalModelId: null },
  ]);
});

test("the step of an output is kept once", async () => {
  const id = await create();
  const outputs = (step?: number) => call("POST", "/runs/outputs", { run_id: "run", models: [{ model_id: id, step }] });
  expect((await outputs(7)).status).toBe(200);
  const before = await revision(server);
  expect((await outputs(8)).status).toBe(200);
  expect(await revision(server)).toBe(before);
  const { loggedModel } = await server.data(
    `{ loggedModel(id: "${id}") { upstream { nodes { step run { runId } } } } }`,
  );
  expect(loggedModel.upstream.nodes).toEqual([{ step: 7, run: { runId: "run" } }]);
});

test("metrics of a logged model are found, ordered by, and metrics of the run too", async () => {
  const experiment = await call("POST", "/logged-models", { experiment_id: number, name: "plain" });
  const ids = [await create(), await create()];
  const points = ids.map((id, i) => `{key: "auc", value: ${0.5 + i / 4}, step: ${i}, loggedModel: "${id}"}`);
  await server.data(`mutation { logBatch(input: {run: "run", metrics: [${points.join(", ")}]}) { run { id } } }`);
  const { run } = await server.data(
    `{ run(id: "run") { metrics(keys: ["auc"]) { value step } metricHistory(key: "auc") { totalCount } } }`,
  );
  expect(run).toEqual({ metrics: [{ value: 0.75, step: 1 }], metricHistory: { totalCount: 2 } });
  expect((await get(ids[0] ?? "")).data.metrics).toEqual([
    { key: "auc", value: 0.5, step: 0, timestamp: expect.any(Number), model_id: ids[0], run_id: "run" },
  ]);
  const search = async (fields: object) => {
    const { body } = await call("POST", "/logged-models/search", { experiment_ids: [number], ...fields });
    return (body.models ?? []).map((model: { info: { model_id: string } }) => model.info.model_id);
  };
  expect(await search({ filter: "metrics.auc > 0.6" })).toEqual([ids[1]]);
  expect(await search({ filter: "metrics.auc <= 0.5" })).toEqual([ids[0]]);
  const byMetric = { order_by: [{ field_name: "metrics.auc", ascending: true }] };
  expect((await search(byMetric)).slice(0, 2)).toEqual(ids);
  expect((await search({ order_by: [{ field_name: "metrics.auc", ascending: false }] })).slice(0, 2)).toEqual(
    ids.toReversed(),
  );
  const page = await call("POST", "/logged-models/search", { experiment_ids: [number], ...byMetric, max_results: 1 });
  expect(await search({ ...byMetric, max_results: 1, page_token: page.body.next_page_token })).toEqual([ids[1]]);
  expect(await search({ filter: "metrics.auc > 0", datasets: [{ dataset_name: "d" }] })).toEqual([]);
  const narrow = await server.data(
    `{ loggedModels(where: {metrics: [{key: "auc", gt: 0.6}]}) { nodes { loggedModelId metrics { key run { runId } } } } }`,
  );
  expect(narrow.loggedModels.nodes).toEqual([
    { loggedModelId: ids[1], metrics: [{ key: "auc", run: { runId: "run" } }] },
  ]);
  expect(experiment.status).toBe(200);
});

test("artifact addresses are for their creator and for artifacts:read", async () => {
  const id = await create();
  const read = async (scopes: readonly Scope[], subject: string) =>
    (await call("GET", `/logged-models/${id}`, {}, { scopes, subject })).body.model.info.artifact_uri;
  expect(await read(["runs:read"], "stranger")).toBeUndefined();
  expect(await read(["runs:read", "artifacts:read"], "stranger")).toBe(
    `mlflow-artifacts:/${number}/models/${id}/artifacts`,
  );
});

test("requests that arrive twice, and mistakes", async () => {
  const id = await create();
  expect((await call("DELETE", `/logged-models/${id}`)).status).toBe(200);
  expect((await call("DELETE", `/logged-models/${id}`)).status).toBe(200);
  expect((await call("GET", `/logged-models/${id}`)).status).toBe(404);
  const wrong = [
    ["GET", "/logged-models/%ff", 404, "ENDPOINT_NOT_FOUND"],
    ["PUT", `/logged-models/${id}`, 405, "ENDPOINT_NOT_FOUND"],
    ["GET", "/logged-models/no-id", 404, "RESOURCE_DOES_NOT_EXIST"],
    ["GET", "/logged-models/m-1/x", 404, "ENDPOINT_NOT_FOUND"],
  ] as const;
  for (const [method, path, status, code] of wrong) {
    const answer = await call(method, path);
    expect([path, answer.status, answer.body.error_code]).toEqual([path, status, code]);
  }
  for (const filter of ["metrics.a = 'x'", "metrics.a LIKE 1", "datasets.name = 'x'", "name ="]) {
    const answer = await call("POST", "/logged-models/search", { experiment_ids: [number], filter });
    expect([filter, answer.status]).toEqual([filter, 400]);
  }
  const forged = Buffer.from(JSON.stringify(["x", "y"])).toString("base64url");
  const paged = await call("POST", "/logged-models/search", { experiment_ids: [number], page_token: forged });
  expect(paged.status).toBe(400);
});
