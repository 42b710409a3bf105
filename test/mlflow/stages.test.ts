import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { type Call, mlflowClient } from "./mlflow-client.js";

let server: TestServer;
let call: Call;
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
});
afterAll(() => server?.stop());

async function register(name: string, versions: number): Promise<void> {
  await call("POST", "/registered-models/create", { name });
  for (let i = 1; i <= versions; i++) await call("POST", "/model-versions/create", { name, source: `s3://b/${i}` });
}

const move = (name: string, version: number, stage: string, archive = false) =>
  call("POST", "/model-versions/transition-stage", {
    name,
    version: String(version),
    stage,
    archive_existing_versions: archive,
  });

const stagesOf = async (name: string) => {
  const { body } = await call("GET", "/model-versions/search", {
    filter: `name = '${name}'`,
    order_by: "version_number ASC",
  });
  return body.model_versions.map((version: { current_stage: string }) => version.current_stage);
};

const EVENTS = `query ($name: String!) {
  stageTransitions(where: { model: { equals: $name } }) { nodes { from to modelVersion { number } reason } }
}`;
const movesOf = async (name: string) => (await server.data(EVENTS, { name })).stageTransitions.nodes.length;

test("a GraphQL subscriber receives what an MLflow client moved", async () => {
  await register("watched", 2);
  const stream = server.watch(
    `subscription { stageChanged(where: { models: ["watched"] }) {
      event { modelName versionNumber from to actor { subject } }
    } }`,
  );
  const opened = await stream.next();
  expect(opened.value.errors).toBeUndefined();
  await move("watched", 2, "Production");
  expect((await stream.next()).value.data.stageChanged.event).toEqual({
    modelName: "watched",
    versionNumber: 2,
    from: "NONE",
    to: "PRODUCTION",
    actor: { subject: "tester" },
  });
  await stream.return?.();
});

test("archive_existing_versions archives the others, and a request that arrives twice does nothing twice", async () => {
  await register("replaced", 3);
  await move("replaced", 1, "Production");
  await move("replaced", 2, "production");
  expect(await stagesOf("replaced")).toEqual(["Production", "Production", "None"]);
  const first = await move("replaced", 3, "PRODUCTION", true);
  expect(await stagesOf("replaced")).toEqual(["Archived", "Archived", "Production"]);
  const moves = await movesOf("replaced");
  const second = await move("replaced", 3, "Production", true);
  expect([second.status, second.body]).toEqual([200, first.body]);
  expect(await movesOf("replaced")).toBe(moves);
});

test("a version that is in the stage already takes it for itself", async () => {
  await register("alone", 2);
  await move("alone", 1, "Staging");
  await move("alone", 2, "Staging");
  expect((await move("alone", 2, "Staging", true)).status).toBe(200);
  expect(await stagesOf("alone")).toEqual(["Archived", "Staging"]);
});

test("a client's mistake is never a 500", async () => {
  await register("mistaken", 1);
  for (const [answer, status, code] of [
    [await move("mistaken", 1, "Prod"), 400, "INVALID_PARAMETER_VALUE"],
    [await move("mistaken", 1, "None", true), 400, "INVALID_PARAMETER_VALUE"],
    [await move("mistaken", 9, "Staging"), 404, "RESOURCE_DOES_NOT_EXIST"],
    [await move("mistaken", 1e10, "Staging"), 404, "RESOURCE_DOES_NOT_EXIST"],
    [await move("absent", 1, "Staging"), 404, "RESOURCE_DOES_NOT_EXIST"],
  ] as const) {
    expect([answer.status, answer.body.error_code]).toEqual([status, code]);
  }
});

test("a policy that is not met refuses the transition with its rules, and an alias too", async () => {
  await register("gated", 1);
  await server.data(
    `mutation { applyPolicy(input: {
      name: "gate", selector: { models: ["gated"] }, mode: ENFORCE,
      target: { stages: [PRODUCTION], aliases: ["champion"] },
      rules: [{ check: { name: "bias-scan", evidenceFrom: { groups: ["quality"] } } }]
    }) { revision } }`,
  );
  const refused = await move("gated", 1, "Production");
  expect([refused.status, refused.body.error_code]).toEqual([409, "INVALID_STATE"]);
  expect(refused.body.message).toMatchInlineSnapshot(
    `"Version 1 may not be promoted to PRODUCTION: The check "bias-scan" was not reported. (gate, revision 1)"`,
  );
  const alias = await call("POST", "/registered-models/alias", { name: "gated", alias: "champion", version: "1" });
  expect([alias.status, alias.body.error_code]).toEqual([409, "INVALID_STATE"]);
  expect(await stagesOf("gated")).toEqual(["None"]);
  expect((await move("gated", 1, "Staging")).status).toBe(200);
});

test("a delete takes a version out of its stage and off its aliases, with their events, and its number is not used again", async () => {
  await register("deleted", 2);
  await move("deleted", 2, "Production");
  await call("POST", "/registered-models/alias", { name: "deleted", alias: "champion", version: "2" });
  expect((await call("DELETE", "/model-versions/delete", { name: "deleted", version: "2" })).status).toBe(200);
  expect((await call("DELETE", "/model-versions/delete", { name: "deleted", version: "2" })).status).toBe(404);
  const { body } = await call("GET", "/registered-models/get", { name: "deleted" });
  expect(body.registered_model).not.toHaveProperty("aliases");
  expect(await movesOf("deleted")).toBe(2);
  const next = await call("POST", "/model-versions/create", { name: "deleted", source: "s3://b/3" });
  expect(next.body.model_version.version).toBe("3");
  expect((await call("DELETE", "/registered-models/delete", { name: "deleted" })).status).toBe(200);
  expect((await call("GET", "/registered-models/get", { name: "deleted" })).body).toEqual({
    error_code: "RESOURCE_DOES_NOT_EXIST",
    message: "Registered Model with name=deleted not found",
  });
});
