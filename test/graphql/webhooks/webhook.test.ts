import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../../src/app.js";
import { loadConfig } from "../../../src/config/load-config.js";
import { SCOPES } from "../../../src/domain/access/scopes.js";
import { openTestDatabase } from "../../support/database/database.js";
import { eventually } from "../../support/eventually.js";
import { PATIENT_LIMITS } from "../../support/patient-limits.js";
import { type As, startTestServer, type TestServer } from "../../support/server.js";
import { startReceiver, verify } from "../../webhooks/receiver.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const URL = "https://hooks.invalid/fraud?key=s3cret";
const ADMIN: As = { subject: "admin", scopes: ["admin"] };
const OTHER: As = { subject: "other" };
const allBut = (scope: string): As => ({ scopes: SCOPES.filter((each) => each !== scope && each !== "admin") });
const mutate = (mutation: string, as?: As) => server.data(`mutation { ${mutation} }`, {}, as);

async function create(more = "", as?: As): Promise<{ id: string; secret: string }> {
  const { createWebhook } = await mutate(
    `createWebhook(input: { url: "${URL}" ${more} }) { secret webhook { id } }`,
    as && { ...as, scopes: [...(as.scopes ?? []), "webhooks:write"] },
  );
  return { id: createWebhook.webhook.id, secret: createWebhook.secret };
}

async function refusal(document: string, as?: As) {
  const { errors } = await server.request(document, {}, as);
  return errors?.[0]?.extensions;
}

async function lastTold() {
  const [row] = (await server.database.pool.query(`SELECT * FROM "Event" ORDER BY "revision" DESC LIMIT 1`)).rows;
  const { before, after } = JSON.parse(row.body);
  return { type: row.type, subjectType: row.subjectType, before, after };
}

describe("rights", () => {
  test("everything about webhooks requires webhooks:write, before any look-up", async () => {
    const { id } = await create();
    const ghost = Buffer.from("Webhook:00000000-0000-0000-0000-000000000000").toString("base64url");
    const delivery = Buffer.from("WebhookDelivery:00000000-0000-0000-0000-000000000000").toString("base64url");
    const documents = [id, ghost].flatMap((each) => [
      `mutation { updateWebhook(input: { id: "${each}", enabled: false }) { __typename } }`,
      `mutation { deleteWebhook(input: { id: "${each}" }) { __typename } }`,
      `mutation { testWebhook(input: { id: "${each}" }) { __typename } }`,
      `{ node(id: "${each}") { id } }`,
    ]);
    documents.push(
      `mutation { createWebhook(input: { url: "nonsense" }) { __typename } }`,
      `mutation { redeliver(input: { delivery: "${delivery}" }) { __typename } }`,
      `{ node(id: "${delivery}") { id } }`,
      "{ webhooks { totalCount } }",
    );
    for (const document of documents) {
      expect(await refusal(document, allBut("webhooks:write")), document).toMatchObject({
        code: "FORBIDDEN",
        requiredScopes: ["webhooks:write"],
      });
    }
  });

  test("only its owner and a token for everything see and change a webhook", async () => {
    const { id } = await create();
    const seen = async (as: As) => (await server.data(`{ node(id: "${id}") { id } }`, {}, as)).node?.id ?? null;
    const listed = async (as: As) =>
      (await server.data("{ webhooks(first: 200) { nodes { id } } }", {}, as)).webhooks.nodes.some(
        (node: { id: string }) => node.id === id,
      );
    const same: As = { scopes: ["webhooks:write"], models: [] };
    for (const as of [same, ADMIN]) expect([await seen(as), await listed(as)]).toEqual([id, true]);
    for (const as of [OTHER, { ...ADMIN, models: ["*"] }, { ...ADMIN, environments: ["*"] }]) {
      expect([await seen(as), await listed(as)]).toEqual([null, false]);
    }
    for (const act of [
      `updateWebhook(input: { id: "${id}", enabled: false })`,
      `deleteWebhook(input: { id: "${id}" })`,
    ]) {
      expect(await refusal(`mutation { ${act} { __typename } }`, OTHER)).toMatchObject({ code: "NOT_FOUND" });
    }
    expect(await refusal(`mutation { testWebhook(input: { id: "${id}" }) { __typename } }`, OTHER)).toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("it keeps the rights of the token that created it; its owner's next token replaces them, an admin's does not", async () => {
    const rights = "webhook { rights { scopes modelGlobs experimentGlobs environmentGlobs } }";
    const narrow: As = { scopes: ["models:read", "webhooks:write"], models: ["a*"], environments: ["prod-*"] };
    const { id } = await create("", narrow);
    const update = async (as: As) =>
      (await mutate(`updateWebhook(input: { id: "${id}", description: "${as.subject}" }) { ${rights} }`, as))
        .updateWebhook.webhook.rights;
    expect(await update(ADMIN)).toEqual({
      scopes: ["models:read", "webhooks:write"],
      modelGlobs: ["a*"],
      experimentGlobs: null,
      environmentGlobs: ["prod-*"],
    });
    expect(await update({ scopes: ["webhooks:write"] })).toEqual({
      scopes: ["webhooks:write"],
      modelGlobs: null,
      experimentGlobs: null,
      environmentGlobs: null,
    });
  });
});

describe("a secret", () => {
  test("is returned once, is stored encrypted, and is in no event", async () => {
    const { id, secret } = await create();
    const rotated = (await mutate(`updateWebhook(input: { id: "${id}", rotateSecret: true }) { secret }`)).updateWebhook
      .secret as string;
    expect(rotated).toMatch(/^whsec_/);
    expect(rotated).not.toBe(secret);
    const type = await server.data(`{ __type(name: "Webhook") { fields { name } } }`);
    expect(type.__type.fields.map(({ name }: { name: string }) => name)).toMatchInlineSnapshot(`
      [
        "createdAt",
        "createdBy",
        "deliveries",
        "description",
        "disabledAt",
        "disabledReason",
        "enabled",
        "format",
        "id",
        "previousSecretUntil",
        "rights",
        "updatedAt",
        "url",
        "where",
      ]
    `);
    const { rows } = await server.database.pool.query(
      `SELECT row_to_json(w)::text AS text FROM "Webhook" AS w UNION ALL SELECT "body" FROM "Event"`,
    );
    const stored = rows.map(({ text }) => text).join("\n");
    for (const each of [secret, rotated]) {
      expect(stored).not.toContain(each);
      expect(stored).not.toContain(Buffer.from(each).toString("hex"));
    }
  });

  test("may be one that the receiver already has", async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    expect((await create(`secret: "${secret}"`)).secret).toBe(secret);
    expect(
      await refusal(`mutation { createWebhook(input: { url: "${URL}", secret: "abc" }) { secret } }`),
    ).toMatchObject({ code: "INVALID_INPUT", field: "input.secret" });
  });
});

test("creating, changing and deleting are events, without the secret parts of the URL", async () => {
  const { id } = await create(
    `description: "d", where: { types: ["alias.*"], to: [PRODUCTION, STAGING], actor: { subject: "ci" } }`,
  );
  const where = {
    types: ["alias.*"],
    models: null,
    stages: null,
    from: null,
    to: ["STAGING", "PRODUCTION"],
    aliases: null,
    actor: { subject: "ci", issuer: null },
  };
  expect(await lastTold()).toEqual({
    type: "webhook.created",
    subjectType: "Webhook",
    before: null,
    after: { origin: "https://hooks.invalid", description: "d", format: "CLOUDEVENTS", where },
  });
  const update = (more: string) => mutate(`updateWebhook(input: { id: "${id}", ${more} }) { webhook { id } }`);
  await update(`url: "https://other.invalid/x", where: null, enabled: false, rotateSecret: true`);
  expect(await lastTold()).toMatchObject({
    type: "webhook.updated",
    before: { origin: "https://hooks.invalid", where, enabled: true },
    after: { origin: "https://other.invalid", where: { types: null }, enabled: false, secretRotated: true },
  });
  const head = async () => (await server.data("{ head { revision } }")).head.revision;
  const before = await head();
  await update(`url: "https://other.invalid/x", description: "d", enabled: false`);
  expect(await head(), "an unchanged value is not an event").toBe(before);
  expect((await mutate(`deleteWebhook(input: { id: "${id}" }) { deletedId }`)).deleteWebhook.deletedId).toBe(id);
  expect(await lastTold()).toMatchObject({ type: "webhook.deleted", before: { origin: "https://other.invalid" } });
  expect((await server.data(`{ node(id: "${id}") { id } }`)).node).toBeNull();
  expect(await refusal(`mutation { deleteWebhook(input: { id: "${id}" }) { deletedId } }`)).toMatchObject({
    code: "NOT_FOUND",
  });
});

test.each([
  ["input.url", `url: "http://hooks.example/"`],
  ["input.url", `url: "http://localhost/"`],
  ["input.url", `url: "https://10.0.0.1/"`],
  ["input.url", `url: "https://user:pass@hooks.example/"`],
  ["input.url", `url: "https://hooks.example/#a"`],
  ["input.url", `url: "ftp://hooks.example/"`],
  ["input.url", `url: "hooks.example"`],
  ["input.where.types[1]", `url: "${URL}", where: { types: ["alias.set", "alias.sat"] }`],
  ["input.where.models[0]", `url: "${URL}", where: { models: [""] }`],
  ["input.where.actor.subject", `url: "${URL}", where: { actor: { subject: "\\u0000" } }`],
])("%s is refused in { %s }", async (field, input) => {
  expect(await refusal(`mutation { createWebhook(input: { ${input} }) { secret } }`)).toMatchObject({
    code: "INVALID_INPUT",
    field,
  });
});

test("a port that is too high says so", async () => {
  const { errors } = await server.request(
    `mutation { createWebhook(input: { url: "https://hooks.example:65536/" }) { secret } }`,
  );
  expect(errors?.[0]?.message).toContain("must have a port of at most 65535");
});

test("deliveries are listed, the newest first, with their status", async () => {
  const as: As = { subject: "lister" };
  const { id } = await create(`where: { models: ["listed-*"], types: ["model.registered"] }`, {
    ...as,
    scopes: ["models:read"],
  });
  for (const n of [1, 2, 3]) await mutate(`registerModel(input: { name: "listed-${n}" }) { created }`);
  const list = (args: string) =>
    server.data(
      `{ webhooks { totalCount nodes { deliveries${args} { totalCount nodes {
        eventType revision status attempts responseCode error webhook { id } nextAttemptAt } } } } }`,
      {},
      as,
    );
  const page = await eventually(async () => {
    const { webhooks } = await list("(first: 2)");
    // one statement to count, one to list
    expect(webhooks.nodes[0].deliveries).toMatchObject({ totalCount: 3, nodes: [{}, {}] });
    return webhooks;
  });
  const [newest, older] = page.nodes[0].deliveries.nodes;
  expect(page.totalCount).toBe(1);
  expect(newest).toMatchObject({
    eventType: "model.registered",
    status: "PENDING",
    responseCode: null,
    webhook: { id },
  });
  expect(newest.revision).toBeGreaterThan(older.revision);
  const { webhooks } = await list("(where: { status: [DELIVERED, FAILED] })");
  expect(webhooks.nodes[0].deliveries).toEqual({ totalCount: 0, nodes: [] });
});

test("testWebhook returns the failure of an unreachable receiver, and is not an error", async () => {
  const { id } = await create();
  const { testWebhook } = await mutate(
    `testWebhook(input: { id: "${id}" }) { delivered responseCode latencyMs error }`,
  );
  expect(testWebhook).toEqual({
    delivered: false,
    responseCode: null,
    latencyMs: expect.any(Number),
    error: expect.stringMatching(/^The receiver could not be reached: /),
  });
});

test("in local mode: from a mutation to a receiver that verifies the signature", async () => {
  const folder = await mkdtemp(join(tmpdir(), "shelfmark-webhooks-"));
  const database = await openTestDatabase();
  const app = createApp(
    loadConfig({
      ...PATIENT_LIMITS,
      PORT: "0",
      SHELFMARK_DATA: folder,
      SHELFMARK_PUBLIC_URL: "https://registry.example",
    }),
    {
      log: pino({ level: "error" }),
      database,
    },
  );
  await app.start();
  const receiver = await startReceiver();
  const send = async (query: string) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${app.localToken}` };
    const answer = await fetch(app.url, { method: "POST", headers, body: JSON.stringify({ query }) });
    const { data, errors } = (await answer.json()) as Awaited<ReturnType<TestServer["request"]>>;
    expect(errors).toBeUndefined();
    return data;
  };
  const { createWebhook } = await send(`mutation {
    createWebhook(input: { url: "${receiver.url}", where: { to: [PRODUCTION] } }) { secret webhook { id } } }`);
  const { id } = createWebhook.webhook;
  const { testWebhook } = await send(
    `mutation { testWebhook(input: { id: "${id}" }) { delivered responseCode error } }`,
  );
  expect(testWebhook).toEqual({ delivered: true, responseCode: 204, error: null });
  await send(`mutation {
    createModelVersion(input: { model: { name: "m" }, createModel: true, source: "s3://m/1" }) { __typename }
    transitionModelVersion(input: { version: { number: { model: "m", number: 1 } }, to: PRODUCTION }) { __typename } }`);
  const [ping, moved] = await receiver.until(2);
  expect(ping?.body).toMatchObject({ type: "shelfmark.ping", data: { webhook: id } });
  expect(moved?.body).toMatchObject({
    type: "shelfmark.model_version.stage_changed",
    data: { model: { name: "m" }, modelVersion: { number: 1 }, fromStage: "NONE", toStage: "PRODUCTION" },
  });
  for (const each of [ping, moved]) expect(each && verify(each, createWebhook.secret, new Date())).toBe(true);
  const { stageChanged } = await eventually(async () => {
    const { node } = await send(`{ node(id: "${id}") { ... on Webhook { deliveries { nodes { id status } } } } }`);
    expect(node.deliveries.nodes).toMatchObject([{ status: "DELIVERED" }]);
    return { stageChanged: node.deliveries.nodes[0] };
  });
  await send(`mutation { redeliver(input: { delivery: "${stageChanged.id}" }) { delivery { status attempts } } }`);
  expect((await receiver.until(3))[2]?.text).toBe(moved?.text);
  const { updateWebhook } = await send(
    `mutation { updateWebhook(input: { id: "${id}", format: SLACK }) { webhook { format } } }`,
  );
  expect(updateWebhook.webhook).toEqual({ format: "SLACK" });
  await send(`mutation { testWebhook(input: { id: "${id}" }) { delivered } }`);
  expect((await receiver.until(4))[3]?.text).toContain("<https://registry.example|Open in Shelfmark>");
  await app.stop();
  await receiver.stop();
  await database.close();
  await rm(folder, { recursive: true });
});
