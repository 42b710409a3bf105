import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import type { GraphQLAnswer } from "../../support/server.js";
import { mintTestToken } from "../../support/token.js";
import { openSocket, post, raw, upgrade } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

const folder = mkdtempSync(join(tmpdir(), "shelfmark-local-"));
const NO_KEYS = { SHELFMARK_JWT_PUBLIC_KEY: "", SHELFMARK_JWT_ISSUER: "", SHELFMARK_JWT_AUDIENCE: "" };

let database: Database;
let local: App;
let issuer: App;
let token: string;
let issued: string;
beforeAll(async () => {
  database = await openTestDatabase();
  local = await startServerOn(database, { ...NO_KEYS, SHELFMARK_DATA: folder });
  issuer = await startServerOn(database);
  token = local.localToken ?? "";
  issued = await mintTestToken();
});
afterAll(async () => {
  await local?.stop();
  await issuer?.stop();
  await database?.close();
  rmSync(folder, { recursive: true });
});

const port = (app: App) => new URL(app.url).port;
const page = (app: App, headers: Record<string, string> = {}, path = "/graphiql") =>
  raw(app.url, { method: "GET", path, headers: { host: `127.0.0.1:${port(app)}`, accept: "text/html", ...headers } });

test("the printed token is valid over HTTP and WebSocket", async () => {
  const query = "{ viewer { actor { subject issuer } } }";
  const viewer = { data: { viewer: { actor: { subject: "local", issuer: "shelfmark-local" } } } };
  expect(await (await post(local.url, token, { query })).json()).toEqual(viewer);
  const socket = await openSocket(local.url, token);
  expect(await socket.answer("1", query)).toMatchObject(viewer);
  await socket.close();
  expect((await post(issuer.url, token, { query })).status).toBe(401);
});

test.each([
  [
    "in local mode, with a suggestion,",
    () => ({ app: local, bearer: token }),
    'Did you mean "models"',
    'Did you mean the enum value "NAME"',
  ],
  ["with an issuer, without a suggestion,", () => ({ app: issuer, bearer: issued })],
])("%s an unknown name is refused over HTTP and WebSocket", async (_where, server, ...hints: string[]) => {
  const { app, bearer } = server();
  const socket = await openSocket(app.url, bearer);
  const documents: [string, object][] = [
    ["{ modles { totalCount } }", {}],
    ["query ($by: ModelOrder) { models(orderBy: $by) { totalCount } }", { by: { field: "NMAE", direction: "ASC" } }],
  ];
  for (const [i, [query, variables]] of documents.entries()) {
    const answers = [
      await (await post(app.url, bearer, { query, variables })).json(),
      await socket.answer(`${i}`, query, variables),
    ] as GraphQLAnswer[];
    for (const [refusal] of answers.map(({ errors }) => errors ?? [])) {
      expect(refusal?.message).toMatch(/modles|NMAE/);
      if (hints[i]) expect(refusal?.message).toContain(hints[i]);
      else expect(refusal?.message).not.toContain("Did you mean");
    }
  }
  await socket.close();
});

describe("hosts and origins", () => {
  const FOREIGN = [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "0.0.0.0",
    "192.168.1.2",
    "169.254.169.254",
  ];

  test.each(FOREIGN)("the host %s is refused with 421 over HTTP and WebSocket, and for the page", async (name) => {
    const host = `${name}:${port(local)}`;
    const headers = { host, authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify({ query: "{ viewer { scopes } }" });
    const refused = await raw(local.url, { headers: { ...headers, "content-length": String(body.length) }, body });
    expect(refused.status).toBe(421);
    expect(JSON.parse(refused.body).errors[0].extensions.code).toBe("FORBIDDEN");
    expect((await upgrade(local.url, headers)).status).toBe(421);
    expect(await page(local, { host })).toMatchObject({
      status: 421,
      headers: { "content-type": /^application\/json/ },
    });
  });

  test("the hosts localhost, 127.0.0.1 and [::1] are accepted with every port", async () => {
    for (const host of [`localhost:${port(local)}`, "LOCALHOST", "127.0.0.1:4000", "[::1]:4000"]) {
      expect((await page(local, { host })).status).toBe(200);
      expect((await upgrade(local.url, { host, authorization: `Bearer ${token}` })).status).toBe(101);
    }
  });

  test("a server with an issuer accepts every host", async () => {
    const query = `/graphql?query=${encodeURIComponent("{ viewer { scopes } }")}`;
    const answer = await raw(issuer.url, { method: "GET", path: query, headers: { host: "registry.example" } });
    expect(answer.status).toBe(401);
    expect((await upgrade(issuer.url, { host: "registry.example" })).status).toBe(101);
  });

  test.each([
    ["http://localhost:5173", 101],
    ["http://127.0.0.1:4000", 101],
    ["https://evil.example", 403],
    ["null", 403],
  ])("the origin %s may open a socket: %i", async (origin, status) => {
    const host = `127.0.0.1:${port(local)}`;
    expect((await upgrade(local.url, { host, origin, authorization: `Bearer ${token}` })).status).toBe(status);
  });
});

describe("GraphiQL", () => {
  test("loads nothing from elsewhere, and has strict headers and no token", async () => {
    const { status, headers, body } = await page(local);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "x-frame-options": "DENY",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    const policy = headers["content-security-policy"]?.toString() ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*(?!;| ws:|:|$)/);
    expect(body).toContain("Shelfmark");
    expect(body).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=["']?(https?:)?\/\//i);
    for (const secret of [token, token.split(".")[1] ?? "", token.split(".")[2] ?? ""])
      expect(body).not.toContain(secret);
    expect(body).not.toContain("Bearer ey");
  });

  test("does not execute the query of its address without a token", async () => {
    const path = `/graphql?query=${encodeURIComponent("{ viewer { scopes } }")}`;
    const headers = { accept: "text/html,application/json" };
    const shown = await raw(local.url, { method: "GET", path, headers });
    expect([shown.status, shown.body]).toEqual([303, ""]);
    expect(shown.headers.location).toBe(`/graphiql?query=${encodeURIComponent("{ viewer { scopes } }")}`);
    const json = await raw(local.url, { method: "GET", path, headers: { accept: "application/json" } });
    expect(json.status).toBe(401);
  });

  test("does not exist on a server with an issuer", async () => {
    expect((await page(issuer)).body).not.toMatch(/graphiql/i);
    expect((await page(issuer, {}, "/graphql")).status).toBe(401);
    const signedIn = await page(issuer, { authorization: `Bearer ${token}` }, "/graphql");
    expect(signedIn.headers["content-type"]).not.toContain("html");
    const posted = await post(local.url, null, { query: "{ viewer { scopes } }" }, { accept: "text/html" });
    expect(posted.status).toBe(401);
  });
});

describe("health", () => {
  test("needs no token and reveals nothing else", async () => {
    for (const path of ["/healthz", "/readyz", "/readyz?verbose=1"]) {
      const answer = await raw(issuer.url, { method: "GET", path });
      expect(answer).toMatchObject({ status: 200, body: '{"status":"ok"}' });
      expect(answer.headers["cache-control"]).toBe("no-store");
    }
  });

  test("is 200 for the process and 503 for readiness while the database is away", async () => {
    const down: Database = { ...database, ping: () => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.5:5432")) };
    const app = await startServerOn(down);
    expect(await raw(app.url, { method: "GET", path: "/healthz" })).toMatchObject({ status: 200 });
    const ready = await raw(app.url, { method: "GET", path: "/readyz" });
    expect(ready).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(JSON.parse(ready.body)).toEqual({ status: "unavailable", reason: "The database does not answer." });
    await app.stop();
  });
});
