import { afterAll, beforeAll, expect, test } from "vitest";
import { canonicalJson, type JsonValue } from "../../../src/domain/values/json.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation {
    createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/x", tags: [{key: "é", value: "\\u2028 €"}]}) { modelVersion { id } }
    transitionModelVersion(input: {version: {number: {model: "m", number: 1}}, to: STAGING, reason: "why"}) { modelVersion { id } }
    setAlias(input: {model: {name: "m"}, alias: "champion", number: 1}) { alias { name } }
  }`);
});
afterAll(() => server.stop());

test.each([
  `UPDATE "Event" SET "type" = 'x'`,
  `DELETE FROM "Event"`,
  `TRUNCATE "Event"`,
  `UPDATE "StageTransition" SET "reason" = 'x'`,
  `DELETE FROM "StageTransition"`,
  `TRUNCATE "StageTransition"`,
  `UPDATE "AliasTransition" SET "reason" = 'x'`,
  `DELETE FROM "AliasTransition"`,
  `TRUNCATE "AliasTransition"`,
])("history is append-only: %s", async (sql) => {
  await expect(server.database.pool.query(sql)).rejects.toThrow("append-only");
});

test("a body is canonical JSON, byte for byte", async () => {
  for (const { body } of await server.database.prisma.event.findMany()) {
    expect(body).toBe(canonicalJson(JSON.parse(body) as JsonValue));
  }
});

test("an event holds the actor, the token, the request, and the values before and after", async () => {
  const event = await server.database.prisma.event.findFirstOrThrow({ where: { type: "model_version.stage_changed" } });
  const body = JSON.parse(event.body);
  expect(body).toMatchObject({
    actor: { issuer: "https://issuer.test", subject: "tester", kind: "USER" },
    before: { stage: "NONE" },
    after: { stage: "STAGING", reason: "why" },
    subject: { type: "ModelVersion", modelName: "m", versionNumber: 1, fromStage: "NONE", toStage: "STAGING" },
  });
  expect(body.tokenId).toMatch(/^[0-9a-f-]{36}$/);
  expect(body.requestId).toBe(event.requestId);
  const transition = await server.database.prisma.stageTransition.findUniqueOrThrow({ where: { id: event.id } });
  expect(transition).toMatchObject({
    revision: event.revision,
    from: "NONE",
    to: "STAGING",
    reason: "why",
    at: event.at,
  });
});

test("a transaction that fails after its writes leaves no event and no row", async () => {
  const before = await server.data(`{ head { revision } model(name: "m") { versions { totalCount } } }`);
  const fail = server.database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`UPDATE "Model" SET "versionCounter" = "versionCounter" + 1`;
    await tx.$executeRaw`SELECT * FROM append_events('[{"type": "model_version.stage_changed"}]'::jsonb)`;
  });
  await expect(fail).rejects.toThrow();
  expect(await server.data(`{ head { revision } model(name: "m") { versions { totalCount } } }`)).toEqual(before);
});
