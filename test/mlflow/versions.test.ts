import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { type Call, mlflowClient } from "./mlflow-client.js";

let server: TestServer;
let call: Call;
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
  await call("POST", "/registered-models/create", { name: "m" });
});
afterAll(() => server?.stop());

const create = (fields: object, as = {}) => call("POST", "/model-versions/create", { name: "m", ...fields }, as);
const graph = async (number: number) =>
  (
    await server.data(`{ model(name: "m") { versions(where: {}, first: 200) {
      nodes { number source externalRunId externalModelId runLink description run { id } }
    } } }`)
  ).model.versions.nodes.find((version: { number: number }) => version.number === number);

test("ids of a tracking server that the registry does not know are kept as they are given", async () => {
  const { body } = await create({
    source: "models:/m-1f2e",
    run_id: "aa0d4cee131144289c76c37e7d6e3e4e",
    model_id: "m-1f2e",
    run_link: "https://mlflow.example/#/runs/aa0d",
    description: "The first",
  });
  const { version } = body.model_version;
  expect(body.model_version).toMatchObject({
    run_id: "aa0d4cee131144289c76c37e7d6e3e4e",
    source: "models:/m-1f2e",
    run_link: "https://mlflow.example/#/runs/aa0d",
    status: "READY",
  });
  expect(await graph(Number(version))).toEqual({
    number: Number(version),
    source: "models:/m-1f2e",
    externalRunId: "aa0d4cee131144289c76c37e7d6e3e4e",
    externalModelId: "m-1f2e",
    runLink: "https://mlflow.example/#/runs/aa0d",
    description: "The first",
    run: null,
  });
  const uri = await call("GET", "/model-versions/get-download-uri", { name: "m", version });
  expect(uri.body).toEqual({ artifact_uri: "models:/m-1f2e" });
});

test("a run of this registry is linked if the token may link it; nobody learns which runs there are", async () => {
  await server.data(`mutation {
    createExperiment(input: { name: "training" }) { experiment { id } }
    createRun(input: { experiment: { name: "training" }, runId: "own-run" }) { run { id } }
  }`);
  const linked = await create({ source: "s3://b/1", run_id: "own-run" });
  const number = Number(linked.body.model_version.version);
  expect(linked.body.model_version.run_id).toBe("own-run");
  expect(await graph(number)).toMatchObject({ externalRunId: null, run: { id: expect.any(String) } });
  for (const as of [{ scopes: ["models:read", "models:write"] as const }, { models: ["m"], experiments: ["other"] }]) {
    const kept = await create({ source: "s3://b/1", run_id: "own-run" }, as);
    expect(kept.body.model_version.run_id).toBe("own-run");
    const unknown = await create({ source: "s3://b/1", run_id: "no-run" }, as);
    expect([unknown.status, unknown.body.model_version.run_id]).toEqual([kept.status, "no-run"]);
    expect(await graph(Number(kept.body.model_version.version))).toMatchObject({ externalRunId: "own-run", run: null });
  }
  const get = { name: "m", version: String(number) };
  const blind = await call("GET", "/model-versions/get", get, { scopes: ["models:read"] });
  expect(blind.body.model_version.run_id).toBe("");
  const search = (as: object) => call("GET", "/model-versions/search", { filter: "run_id = 'own-run'" }, as);
  const numbers = async (as: object) =>
    (await search(as)).body.model_versions.map(({ version }: { version: string }) => Number(version));
  expect(await numbers({})).toContain(number);
  expect(await numbers({ scopes: ["models:read"] })).not.toContain(number);
});

test("a copy takes over the run and the logged model of its original, and its artifacts are those of the original", async () => {
  const original = await create({ source: "models:/m-77", run_id: "r-77", model_id: "m-77" });
  await call("POST", "/registered-models/create", { name: "copy" });
  const from = `models:/m/${original.body.model_version.version}`;
  const copy = await call("POST", "/model-versions/create", { name: "copy", source: from });
  expect(copy.body.model_version).toMatchObject({ source: from, run_id: "r-77", version: "1" });
  const again = await call("POST", "/model-versions/create", { name: "copy", source: "models:/copy/1" });
  expect(again.body.model_version.version).toBe("2");
  const uri = await call("GET", "/model-versions/get-download-uri", { name: "copy", version: "2" });
  expect(uri.body).toEqual({ artifact_uri: "models:/m-77" });
  const missing = await call("POST", "/model-versions/create", { name: "copy", source: "models:/m/999" });
  expect([missing.status, missing.body.message]).toEqual([404, "Model Version (name=m, version=999) not found"]);
});

test.each([
  ["user information", "https://user:secret@host/x"],
  ["a signed query", "https://host/x?X-Amz-Signature=1"],
  ["a path upwards", "s3://bucket/../x"],
  ["a scheme that nobody set", "javascript://x"],
  ["a file, on a server for a team", "file:///etc/passwd"],
  ["no scheme", "models/1"],
  ["the placeholder of prompts, for a model", "dummy-source"],
])("a source with %s is refused", async (_what, source) => {
  const { status, body } = await create({ source });
  expect([status, body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
});

test.each(["javascript:alert(1)", "//host/x", "not a link", "https://user:pw@host/"])(
  "the run link %s is refused",
  async (run_link) => {
    expect((await create({ source: "s3://b/x", run_link })).status).toBe(400);
  },
);

test("a PATCH without a description keeps it; an empty one clears it", async () => {
  const made = await create({ source: "s3://b/d", description: "Kept" });
  const version = { name: "m", version: made.body.model_version.version };
  const patch = async (fields: object) =>
    (await call("PATCH", "/model-versions/update", { ...version, ...fields })).body.model_version.description;
  expect(await patch({})).toBe("Kept");
  expect(await patch({ description: "" })).toBe("");
});

test("tags and aliases: set, set again, and deleted twice", async () => {
  const made = await create({
    source: "s3://b/t",
    tags: [{ key: "a", value: "1" }, { key: "a", value: "2" }, { key: "b" }],
  });
  const version = { name: "m", version: made.body.model_version.version };
  expect(made.body.model_version.tags).toEqual([
    { key: "a", value: "2" },
    { key: "b", value: "" },
  ]);
  for (let i = 0; i < 2; i++) {
    expect((await call("POST", "/model-versions/set-tag", { ...version, key: "c", value: "3" })).body).toEqual({});
    expect((await call("POST", "/registered-models/alias", { ...version, alias: "champion" })).body).toEqual({});
  }
  const found = await call("GET", "/registered-models/alias", { name: "m", alias: "champion" });
  expect(found.body.model_version).toMatchObject({ version: version.version, aliases: ["champion"] });
  const latest = await call("GET", "/registered-models/alias", { name: "m", alias: "latest" });
  expect(latest.body.model_version.version).toBe(version.version);
  for (let i = 0; i < 2; i++) {
    const tag = await call("DELETE", "/model-versions/delete-tag", { ...version, key: "c" });
    const alias = await call("DELETE", "/registered-models/alias", { name: "m", alias: "champion" });
    expect([tag.status, alias.status]).toEqual([200, 200]);
  }
  const gone = await call("GET", "/registered-models/alias", { name: "m", alias: "champion" });
  expect([gone.status, gone.body.message]).toEqual([400, "Registered model alias champion not found."]);
  expect((await call("DELETE", "/model-versions/delete-tag", { name: "m", version: "999", key: "c" })).status).toBe(
    404,
  );
});
