import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import type { As } from "../../support/token.js";
import { type Call, mlflowClient } from "../mlflow-client.js";
import { ARTIFACTS, createRunPlace, type FileClient, fileClient } from "./artifact-fixture.js";

let server: TestServer;
let files: FileClient;
let call: Call;
beforeAll(async () => {
  server = await startTestServer();
  files = fileClient(server.url);
  call = mlflowClient(server.url);
});
afterAll(() => server?.stop());

const remove = (path: string, as: As = {}) => files.send("DELETE", `${ARTIFACTS}/${path}`, { as });
const register = async (name: string, source: string, as: As = {}) => {
  await call("POST", "/registered-models/create", { name });
  return call("POST", "/model-versions/create", { name, source }, as);
};
const digestOf = async (name: string) =>
  (await server.data(`{ model(name: "${name}") { versions(first: 1) { nodes { digest } } } }`)).model.versions.nodes[0]
    .digest;

/** A run with a model of two files, which is registered. */
async function registered(name: string): Promise<string> {
  const place = await createRunPlace(server.url, name);
  for (const file of ["MLmodel", "data/weights.bin"]) await files.put(`${place}/model/${file}`, `${file} before`);
  await files.put(`${place}/model-card.md`, "beside it");
  expect((await register(name, `mlflow-artifacts:/${place}/model`)).status).toBe(200);
  return place;
}

test("files of a version that is READY are neither replaced, nor deleted, nor added to", async () => {
  const place = await registered("fraud");
  const refused = {
    error_code: "RESOURCE_CONFLICT",
    message: `The files in '${place}/model' are those of version 1 of the model "fraud", whose digest they must keep. Log to another path, or delete the version first.`,
  };
  for (const [what, answer] of Object.entries({
    replaced: await files.put(`${place}/model/MLmodel`, "after"),
    "replaced below": await files.put(`${place}/model/data/weights.bin`, "after"),
    added: await files.put(`${place}/model/data/more.bin`, "more"),
    deleted: await remove(`${place}/model/MLmodel`),
    "deleted, the directory": await remove(`${place}/model/`),
    "deleted, one below": await remove(`${place}/model/data`),
    "deleted, all of the run": await remove(place),
  })) {
    expect([what, answer.status, answer.body]).toEqual([what, 409, refused]);
  }
  const left = await files.list(`${place}/model`);
  expect(left.body.files.map(({ path }: { path: string }) => path)).toEqual(["MLmodel", "data"]);
  expect((await files.get(`${place}/model/MLmodel`)).text).toBe("MLmodel before");
});

test("the same file may be sent again, and what is beside the directory may change", async () => {
  const place = await registered("churn");
  expect((await files.put(`${place}/model/MLmodel`, "MLmodel before")).status).toBe(200);
  expect((await remove(`${place}/model/absent`)).status).toBe(200);
  expect((await files.put(`${place}/model-card.md`, "after")).status).toBe(200);
  expect((await files.put(`${place}/modelx/MLmodel`, "another")).status).toBe(200);
  expect((await remove(`${place}/modelx`)).status).toBe(200);
  const before = await digestOf("churn");
  expect((await register("churn", `mlflow-artifacts:/${place}/model`)).status).toBe(200);
  expect(await digestOf("churn")).toBe(before);
});

test("a logged model's files are frozen with its version, and another one of the run is not", async () => {
  const place = await createRunPlace(server.url, "logged");
  const [experiment_id = "", source_run_id] = place.split("/");
  const log = async () => {
    const { body } = await call("POST", "/logged-models", { experiment_id, name: "model", source_run_id });
    const id: string = body.model.info.model_id;
    expect((await files.put(`${experiment_id}/models/${id}/artifacts/MLmodel`, id)).status).toBe(200);
    return id;
  };
  const first = await log();
  expect((await register("logged", `models:/${first}`)).status).toBe(200);
  expect((await files.put(`${experiment_id}/models/${first}/artifacts/MLmodel`, "after")).status).toBe(409);
  const second = await log();
  expect((await files.put(`${experiment_id}/models/${second}/artifacts/MLmodel`, "after")).status).toBe(200);
});

test("whoever may only read the files freezes nothing, and who wrote them all does", async () => {
  const place = await createRunPlace(server.url, "read-only");
  await files.put(`${place}/model/MLmodel`, "before", { subject: "trainer" });
  const source = `mlflow-artifacts:/${place}/model`;
  const reader: As = { subject: "reader", scopes: ["models:read", "models:write", "artifacts:read"] };
  expect((await register("read-only", source, reader)).status).toBe(200);
  expect(await digestOf("read-only")).toMatch(/^sha256:/);
  expect((await files.put(`${place}/model/MLmodel`, "after", { subject: "trainer" })).status).toBe(200);
  const trainer: As = { subject: "trainer", scopes: ["models:read", "models:write"] };
  expect((await register("read-only", source, trainer)).status).toBe(200);
  expect((await files.put(`${place}/model/MLmodel`, "later", { subject: "trainer" })).status).toBe(409);
});

test("a run that goes on can log, also if a version is made of all that it has", async () => {
  const place = await createRunPlace(server.url, "going-on");
  await files.put(`${place}/MLmodel`, "before");
  const source = `mlflow-artifacts:/${place}`;
  expect((await register("going-on", source)).status).toBe(200);
  expect((await files.put(`${place}/more.txt`, "more")).status).toBe(200);
  await call("POST", "/runs/update", { run_id: place.split("/")[1], status: "FINISHED" });
  expect((await register("going-on", source)).status).toBe(200);
  expect((await files.put(`${place}/late.txt`, "late")).status).toBe(409);
});

test("a version that is deleted, or of a deleted model, holds nothing back", async () => {
  const place = await registered("retired");
  await call("DELETE", "/model-versions/delete", { name: "retired", version: "1" });
  expect((await files.put(`${place}/model/MLmodel`, "after")).status).toBe(200);
  const other = await registered("scrapped");
  await call("DELETE", "/registered-models/delete", { name: "scrapped" });
  expect((await remove(`${other}/model`)).status).toBe(200);
});

test("whoever does not see the version learns only that there is one", async () => {
  const place = await registered("secret");
  for (const as of [
    { subject: "writer", scopes: ["runs:write"] },
    { subject: "narrow", scopes: ["runs:write", "models:read"], models: ["other"], experiments: ["secret"] },
  ] as const) {
    for (const { status, text } of [
      await files.put(`${place}/model/MLmodel`, "after", as),
      await remove(`${place}/model`, as),
    ]) {
      expect(status).toBe(409);
      expect(text).toContain("are those of a registered version, whose digest");
    }
  }
  const foreign: As = { subject: "foreign", scopes: ["runs:write"], experiments: ["other"] };
  expect((await files.put(`${place}/model/MLmodel`, "after", foreign)).status).toBe(404);
});

test("a version has the digest of the files that are there, whatever is written while it is registered", async () => {
  const place = await createRunPlace(server.url, "race");
  for (let round = 0; round < 5; round++) {
    const at = `${place}/${round}`;
    await files.put(`${at}/x`, "before");
    const name = `race-${round}`;
    await call("POST", "/registered-models/create", { name });
    const source = `mlflow-artifacts:/${at}`;
    const [made, ...written] = await Promise.all([
      call("POST", "/model-versions/create", { name, source }),
      ...["a", "b", "c"].map((text) => files.put(`${at}/x`, text)),
    ]);
    expect(written.every(({ status }) => status === 200 || status === 409)).toBe(true);
    if (made?.status !== 200) {
      expect([made?.status, made?.body.error_code]).toEqual([409, "RESOURCE_CONFLICT"]);
      continue;
    }
    const recorded = await digestOf(name);
    expect((await register(`again-${round}`, source)).status).toBe(200);
    expect(await digestOf(`again-${round}`)).toBe(recorded);
  }
});
