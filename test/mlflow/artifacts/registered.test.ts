import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import type { As } from "../../support/token.js";
import { type Call, mlflowClient } from "../mlflow-client.js";
import { ARTIFACTS, createRunPlace, type FileClient, fileClient } from "./artifact-fixture.js";

let server: TestServer;
let files: FileClient;
let call: Call;
let place: string;
beforeAll(async () => {
  server = await startTestServer();
  files = fileClient(server.url);
  call = mlflowClient(server.url);
  place = await createRunPlace(server.url, "training");
  for (const [name, text] of Object.entries(FILES)) await files.put(`${place}/model/${encodeURIComponent(name)}`, text);
  await files.put(`${place}/other.txt`, "other");
});
afterAll(() => server?.stop());

const FILES = { "a/b": "one", "a-b": "two", MLmodel: "three", ä: "four", "a.d/x": "five" };
/**
 * What Python's model-signing 1.1.1 says of these files: the SHA-256 of the digests of
 * `model_signing.hashing.Config().hash(folder).resource_descriptors()`.
 */
const DIGEST = "sha256:09d4bfd5f54d961cb12a7ce5b73ba332c84df46f2d2e64974e39e8d8c55ef27a";

let models = 0;
async function digestOf(source: string, as: As = {}): Promise<string | null> {
  const name = `m${models++}`;
  const created = await call("POST", "/registered-models/create", { name });
  expect(created.status).toBe(200);
  const { status, body } = await call("POST", "/model-versions/create", { name, source }, as);
  expect([status, body.message]).toEqual([200, undefined]);
  const query = `{ model(name: "${name}") { versions(first: 1) { nodes { digest } } } }`;
  return (await server.data(query)).model.versions.nodes[0].digest;
}

/** Files of a version stay as they are, see frozen.test.ts. */
async function deleteLastModel(): Promise<void> {
  expect((await call("DELETE", "/registered-models/delete", { name: `m${models - 1}` })).status).toBe(200);
}

test("a version of a directory that is here has the digest that OpenSSF model signing signs", async () => {
  const run = place.split("/")[1];
  expect(await digestOf(`mlflow-artifacts:/${place}/model`)).toBe(DIGEST);
  expect(await digestOf(`mlflow-artifacts:/${place}/model/`)).toBe(DIGEST);
  expect(await digestOf(`runs:/${run}/model`)).toBe(DIGEST);
});

test("a version of a logged model has the digest of its files", async () => {
  const [number = ""] = place.split("/");
  const { body } = await call("POST", "/logged-models", { experiment_id: number, name: "model" });
  const id: string = body.model.info.model_id;
  await files.put(`${number}/models/${id}/artifacts/MLmodel`, "three");
  const ofFile = createHash("sha256").update("three").digest();
  expect(await digestOf(`models:/${id}`)).toBe(`sha256:${createHash("sha256").update(ofFile).digest("hex")}`);
});

test("there is no digest of what is not here, or not for the viewer", async () => {
  for (const source of [`mlflow-artifacts:/${place}/absent`, "mlflow-artifacts:/999/x/artifacts", "s3://b/1"]) {
    expect([source, await digestOf(source)]).toEqual([source, null]);
  }
  const source = `mlflow-artifacts:/${place}/model`;
  const write: As["scopes"] = ["models:read", "models:write"];
  expect(await digestOf(source, { subject: "mallory", scopes: write })).toBeNull();
  expect(
    await digestOf(source, { subject: "mallory", scopes: [...(write ?? []), "artifacts:read"], experiments: ["x"] }),
  ).toBeNull();
  expect(await digestOf(source, { subject: "reader", scopes: [...(write ?? []), "artifacts:read"] })).toBe(DIGEST);
  // who wrote the files knows them
  expect(await digestOf(source, { scopes: write })).toBe(DIGEST);
  await files.put(`${place}/shared/x`, "x");
  await files.put(`${place}/shared/y`, "y", { subject: "another" });
  expect(await digestOf(`mlflow-artifacts:/${place}/shared`, { scopes: write })).toBeNull();
});

test("a long source is looked at once, and not again from each of its slashes", async () => {
  const slashes = "/".repeat(500_000);
  for (const source of [
    `mlflow-artifacts:${slashes}\n`,
    `runs:${slashes}\n`,
    `runs:/x${slashes}\n`,
    `models:${slashes}\n`,
  ]) {
    const { status, body } = await call("POST", "/model-versions/create", { name: "any", source });
    expect([status, body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  }
});

test("the digest follows what is stored", async () => {
  await files.put(`${place}/changing/x`, "before");
  const before = await digestOf(`mlflow-artifacts:/${place}/changing`);
  await deleteLastModel();
  await files.put(`${place}/changing/x`, "after");
  expect(await digestOf(`mlflow-artifacts:/${place}/changing`)).not.toBe(before);
  await deleteLastModel();
  await files.send("DELETE", `${ARTIFACTS}/${place}/changing`);
  expect(await digestOf(`mlflow-artifacts:/${place}/changing`)).toBeNull();
});

test("MLflow's pages list the files of a run, and get one", async () => {
  const run_id = place.split("/")[1];
  const root_uri = `mlflow-artifacts:/${place}`;
  const top = await call("GET", "/artifacts/list", { run_id });
  expect(top.body.root_uri).toBe(root_uri);
  expect(top.body.files).toContainEqual({ path: "other.txt", is_dir: false, file_size: 5 });
  const below = await call("GET", "/artifacts/list", { run_uuid: run_id, path: "model/a" });
  expect(below.body).toEqual({ root_uri, files: [{ path: "model/a/b", is_dir: false, file_size: 3 }] });
  expect((await call("GET", "/artifacts/list", { run_id, path: "../.." })).status).toBe(400);
  expect((await call("GET", "/artifacts/list", {})).status).toBe(400);
  const got = await files.send("GET", `/mlflow/get-artifact?run_uuid=${run_id}&path=model%2FMLmodel`);
  expect([got.status, got.text]).toEqual([200, "three"]);
  expect((await files.send("GET", `/mlflow/get-artifact?run_id=${run_id}&path=..%2F..%2Fx`)).status).toBe(400);
  expect((await files.send("GET", `/mlflow/get-artifact?run_id=${run_id}&path=absent`)).status).toBe(404);
});

test("the address of a version of a logged model is where its files are, for whoever sees that model", async () => {
  const [number = ""] = place.split("/");
  const { body } = await call("POST", "/logged-models", { experiment_id: number, name: "model" });
  const id: string = body.model.info.model_id;
  await files.put(`${number}/models/${id}/artifacts/MLmodel`, "of the logged model");
  await call("POST", "/registered-models/create", { name: "addressed" });
  await call("POST", "/model-versions/create", { name: "addressed", source: `models:/${id}` });
  await call("POST", "/registered-models/create", { name: "copied" });
  await call("POST", "/model-versions/create", { name: "copied", source: "models:/addressed/1" });

  const addressOf = async (name: string, as: As = {}) =>
    (await call("GET", "/model-versions/get-download-uri", { name, version: "1" }, as)).body.artifact_uri;
  const address = `mlflow-artifacts:/${number}/models/${id}/artifacts`;
  expect([await addressOf("addressed"), await addressOf("copied")]).toEqual([address, address]);
  const registryOnly: As = { subject: "serving", scopes: ["models:read", "artifacts:read"] };
  expect(await addressOf("addressed", registryOnly)).toBe(`models:/${id}`);
  const elsewhere: As = { ...registryOnly, scopes: ["models:read", "runs:read", "artifacts:read"], experiments: ["x"] };
  expect(await addressOf("addressed", elsewhere)).toBe(`models:/${id}`);

  const get = (query: string, as: As = {}) => files.send("GET", `/mlflow/model-versions/get-artifact?${query}`, { as });
  const found = await get("name=addressed&version=1&path=MLmodel");
  expect([found.status, found.text]).toEqual([200, "of the logged model"]);
  const as: As = { subject: "reader", scopes: ["models:read", "runs:read", "artifacts:read"] };
  expect((await get("name=copied&version=1&path=MLmodel", as)).status).toBe(200);
  for (const missing of ["models:read", "artifacts:read"] as const) {
    const scopes = as.scopes?.filter((scope) => scope !== missing) ?? [];
    expect([missing, (await get("name=addressed&version=1&path=MLmodel", { ...as, scopes })).status]).toEqual([
      missing,
      403,
    ]);
  }
  expect((await get("name=addressed&version=1&path=MLmodel", { ...as, models: ["other"] })).status).toBe(404);
  expect((await get("name=addressed&version=1&path=absent")).status).toBe(404);
  expect((await get("name=addressed&version=1&path=..%2Fx")).status).toBe(400);
  expect((await get("name=addressed&version=9&path=MLmodel")).status).toBe(404);
  expect((await get("path=MLmodel")).status).toBe(400);
});
