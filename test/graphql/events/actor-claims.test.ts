import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyLog } from "../../../src/store/audit/audit-verify.js";
import {
  type As,
  mintTestToken,
  startTestServer,
  TEST_AUDIENCE,
  TEST_ISSUER,
  TEST_PUBLIC_KEY,
  type TestServer,
} from "../../support/server.js";
import { startServerOn } from "../../support/wiring.js";

const folder = mkdtempSync(join(tmpdir(), "shelfmark-claims-"));
let server: TestServer;
let recording: Awaited<ReturnType<typeof startServerOn>>;

/** Two servers of one database: only the second one's settings record claims. */
beforeAll(async () => {
  server = await startTestServer();
  const file = join(folder, "auth.json");
  const issuer = { issuer: TEST_ISSUER, audience: TEST_AUDIENCE, publicKey: TEST_PUBLIC_KEY };
  writeFileSync(file, JSON.stringify({ issuers: [{ ...issuer, recordClaims: ["name", "iat", "jti", "aud.0"] }] }));
  recording = await startServerOn(server.database, {
    SHELFMARK_JWT_PUBLIC_KEY: "",
    SHELFMARK_JWT_ISSUER: "",
    SHELFMARK_JWT_AUDIENCE: "",
    SHELFMARK_AUTH_FILE: file,
  });
});
afterAll(async () => {
  await recording.stop();
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function record(query: string, as: As = {}) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${await mintTestToken(as)}` };
  const answer = await fetch(recording.url, { method: "POST", headers, body: JSON.stringify({ query }) });
  const { data, errors } = await answer.json();
  expect(errors).toBeUndefined();
  return data;
}

const CLAIMS = "actorClaims { name value }";
const PIPELINE: As = { subject: "pipeline", name: "Ada", tokenId: "t-1", issuedAt: 1_700_000_000 };
const RECORDED = [
  { name: "iat", value: "1700000000" },
  { name: "jti", value: "t-1" },
  { name: "name", value: "Ada" },
];

test("an event keeps the claims of its token; audit, events, activity and streams show them", async () => {
  await server.data(`mutation { registerModel(input: { name: "before" }) { created } }`);
  const stream = server.watch(`subscription { registryEvents { event { type ${CLAIMS} } } }`);
  expect((await stream.next()).value.data, "the stream has begun").toEqual({ registryEvents: { event: null } });
  const next = stream.next();
  await record(`mutation { registerModel(input: { name: "after" }) { created } }`, PIPELINE);
  expect((await next).value.data).toEqual({
    registryEvents: { event: { type: "MODEL_REGISTERED", actorClaims: RECORDED } },
  });
  await stream.return?.();
  const shown = await server.data(`{
    audit { nodes { modelName ${CLAIMS} } }
    events { nodes { ... on ModelRegisteredEvent { ${CLAIMS} } } }
    model(name: "after") { activity { nodes { ${CLAIMS} actor { name } } } }
    before: model(name: "before") { activity { nodes { ${CLAIMS} } } }
  }`);
  expect(shown).toEqual({
    audit: {
      nodes: [
        { modelName: "before", actorClaims: [] },
        { modelName: "after", actorClaims: RECORDED },
      ],
    },
    events: { nodes: [{ actorClaims: [] }, { actorClaims: RECORDED }] },
    model: { activity: { nodes: [{ actorClaims: RECORDED, actor: { name: "Ada" } }] } },
    before: { activity: { nodes: [{ actorClaims: [] }] } },
  });
});

test("an event with a large body shows them too", async () => {
  const value = "x".repeat(90_000);
  await record(
    `mutation { setTag(input: { on: { model: { name: "after" } }, key: "k", value: "${value}" }) { __typename } }`,
    PIPELINE,
  );
  const { model } = await server.data(`{ model(name: "after") { activity(first: 1) { nodes { type ${CLAIMS} } } } }`);
  expect(model.activity.nodes).toEqual([{ type: "MODEL_TAG_SET", actorClaims: RECORDED }]);
});

test("the body has the key only where claims are recorded, and the chain of old and new events is whole", async () => {
  const { pool } = server.database;
  const { rows } = await pool.query(`SELECT "body" FROM "Event" ORDER BY "revision"`);
  expect(rows.slice(0, 2).map(({ body }) => JSON.parse(body).actor)).toEqual([
    { issuer: TEST_ISSUER, kind: "USER", name: null, subject: "tester" },
    {
      claims: { iat: 1_700_000_000, jti: "t-1", name: "Ada" },
      issuer: TEST_ISSUER,
      kind: "USER",
      name: "Ada",
      subject: "pipeline",
    },
  ]);
  expect(rows[0].body).toMatch(/^\{"actor":\{"issuer":/);
  expect(rows[1].body).toMatch(/^\{"actor":\{"claims":\{"iat":1700000000,"jti":"t-1","name":"Ada"\},"issuer":/);
  expect(await verifyLog(pool, { trust: null, kept: [] })).toMatchObject({ fault: null, walked: { to: 3n } });
});

test("who may not see the event does not see them", async () => {
  expect(await server.data(`{ audit { nodes { ${CLAIMS} } } }`, {}, { models: ["other"] })).toEqual({
    audit: { nodes: [] },
  });
  const { errors } = await server.request(`{ audit { nodes { ${CLAIMS} } } }`, {}, { scopes: ["models:read"] });
  expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
});
