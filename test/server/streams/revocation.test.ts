import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { App } from "../../../src/app.js";
import { CLOSE_GRACE_MS } from "../../../src/server/websocket/close-codes.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import {
  type As,
  type GraphQLAnswer,
  mintTestToken,
  TEST_AUDIENCE,
  TEST_ISSUER,
  TEST_PUBLIC_KEY,
} from "../../support/server.js";
import { BOOKMARKS, openSocket, openSse, post } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

const ME = "{ viewer { actor { subject } } }";
const ADMIN: As = { subject: "admin", scopes: ["admin"] };
const REVOKE = `mutation ($tokens: TokensRef!, $reason: String) {
  revokeTokens(input: { tokens: $tokens, reason: $reason }) { revocation { id tokenId subject issuedBefore reason createdBy { subject } } }
}`;

let database: Database;
let apps: App[];
beforeAll(async () => {
  database = await openTestDatabase();
  apps = [await startServerOn(database), await startServerOn(database)];
});
afterAll(async () => {
  for (const app of apps) await app.stop();
  await database.close();
});

async function ask(app: App, token: string, query: string, variables: object = {}) {
  const response = await post(app.url, token, { query, variables });
  return { status: response.status, answer: (await response.json()) as GraphQLAnswer };
}

async function revoke(tokens: object, as: As = ADMIN, reason: string | null = null): Promise<GraphQLAnswer> {
  return (await ask(apps[0] as App, await mintTestToken(as), REVOKE, { tokens, reason })).answer;
}

/** What each server responds to the token. */
async function told(token: string): Promise<string[]> {
  const answers = await Promise.all(apps.map((app) => ask(app, token, ME)));
  return answers.map(({ status, answer }) => `${status} ${answer.errors?.[0]?.message ?? "ok"}`);
}

const REFUSED = ["401 The token has been revoked.", "401 The token has been revoked."];

describe("one token", () => {
  test("is refused by every server, and its streams and sockets end, and no others", async () => {
    const [token, other] = [await mintTestToken({ tokenId: "stolen" }), await mintTestToken()];
    const [here, there] = apps as [App, App];
    const sse = await openSse(there.url, token, BOOKMARKS);
    const kept = await openSse(there.url, other, BOOKMARKS);
    const socket = await openSocket(there.url, token);
    socket.subscribe("1", BOOKMARKS);
    await Promise.all([sse.next(), kept.next(), socket.nextFor("1")]);
    expect(await told(token)).toEqual(["200 ok", "200 ok"]);
    // the server closes the socket LAST_WORDS_MS after the revocation: not before the test has read its last messages
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { data } = await revoke({ tokenId: "stolen" }, ADMIN, "It was in a log.");
    expect(data?.revokeTokens.revocation).toMatchObject({
      ...{ tokenId: "stolen", subject: null, issuedBefore: null, reason: "It was in a log." },
      createdBy: { subject: "admin" },
    });
    const refusal = { message: "The token has been revoked.", extensions: { code: "UNAUTHENTICATED" } };
    expect((await sse.next())?.errors).toMatchObject([refusal]);
    expect(await sse.next()).toBeNull();
    expect((await socket.nextFor("1")).payload.errors ?? []).toMatchObject([refusal]);
    vi.advanceTimersByTime(CLOSE_GRACE_MS);
    expect(await socket.closed).toEqual({ code: 4403, reason: "Forbidden: The token has been revoked." });
    await expect.poll(() => told(token)).toEqual(REFUSED);
    expect(await told(other)).toEqual(["200 ok", "200 ok"]);
    expect((await ask(here, other, ME)).status).toBe(200);
    kept.leave();
  });

  test("is refused by a server that starts later", async () => {
    await revoke({ tokenId: "early" });
    const app = await startServerOn(database);
    expect((await ask(app, await mintTestToken({ tokenId: "early" }), ME)).status).toBe(401);
    await app.stop();
  });
});

test("all tokens of a bearer issued before a time, and those without iat, but none of another issuer or a later time", async () => {
  const now = Math.floor(Date.now() / 1000);
  const before = await mintTestToken({ subject: "bob", issuedAt: now - 60 });
  const undated = await mintTestToken({ subject: "bob", issuedAt: null });
  const [after, other] = [
    await mintTestToken({ subject: "bob", issuedAt: now }),
    await mintTestToken({ subject: "bo" }),
  ];
  const bearer = { issuer: TEST_ISSUER, subject: "bob", issuedBefore: new Date((now - 1) * 1000).toISOString() };
  await revoke({ bearer: { ...bearer, issuer: "https://other.test" } });
  await revoke({ bearer });
  await revoke({ bearer: { ...bearer, issuedBefore: "2020-01-01T00:00:00.000Z" } });
  await expect.poll(() => told(before)).toEqual(REFUSED);
  expect(await told(undated)).toEqual(REFUSED);
  expect([await told(after), await told(other)].flat()).toEqual(["200 ok", "200 ok", "200 ok", "200 ok"]);
});

describe("who may revoke", () => {
  test.each<[string, As]>([
    ["what admin stands for, without admin", {}],
    ["admin for some models", { scopes: ["admin"], models: ["*"] }],
    ["admin for some experiments", { scopes: ["admin"], experiments: ["*"] }],
    ["admin for some environments", { scopes: ["admin"], environments: [] }],
  ])("not %s, and it sees nothing of what was revoked", async (_name, as) => {
    const admin = await mintTestToken(ADMIN);
    const made = await revoke({ tokenId: "x" });
    const { id } = made.data.revokeTokens.revocation;
    const { errors } = await revoke({ tokenId: "mine" }, as);
    expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScopes: ["admin"] } }]);
    const token = await mintTestToken(as);
    const SEE = `query ($id: ID!) { node(id: $id) { id } revocations { totalCount nodes { id } } }`;
    const seen = (await ask(apps[0] as App, token, SEE, { id })).answer.data;
    expect([seen?.node ?? null, seen?.revocations?.totalCount ?? 0]).toEqual([null, 0]);
    const EVENTS = `{ events(where: {types: [TOKEN_REVOKED]}) { totalCount } }`;
    expect((await ask(apps[0] as App, token, EVENTS)).answer.data.events.totalCount).toBe(0);
    const all = (await ask(apps[0] as App, admin, SEE, { id })).answer.data;
    expect([all.node, all.revocations.nodes[0]]).toEqual([{ id }, { id }]);
  });

  test.each([
    [{ tokenId: "" }, "input.tokens.tokenId"],
    [{ tokenId: "a\u0000" }, "input.tokens.tokenId"],
    [
      { bearer: { issuer: "i", subject: "s", issuedBefore: "2999-01-01T00:00:00.000Z" } },
      "input.tokens.bearer.issuedBefore",
    ],
    [{ bearer: { issuer: " ", subject: "s", issuedBefore: "2020-01-01T00:00:00.000Z" } }, "input.tokens.bearer.issuer"],
  ])("%j is INVALID_INPUT", async (tokens, field) => {
    expect((await revoke(tokens)).errors).toMatchObject([{ extensions: { code: "INVALID_INPUT", field } }]);
  });
});

test("a changed file of issuers applies at once: new rules, removed issuers, and what was open under the old rules ends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-issuers-"));
  const file = join(folder, "auth.json");
  const write = (issuer: string, scopes: string[]) => {
    const rules = [{ when: { sub: "ci" }, scopes }];
    const settings = { issuer, audience: TEST_AUDIENCE, publicKey: TEST_PUBLIC_KEY, scopeClaims: "none", rules };
    writeFileSync(file, JSON.stringify({ issuers: [settings] }));
  };
  write(TEST_ISSUER, ["models:read"]);
  const one = { SHELFMARK_JWT_PUBLIC_KEY: "", SHELFMARK_JWT_ISSUER: "", SHELFMARK_JWT_AUDIENCE: "" };
  const app = await startServerOn(database, { ...one, SHELFMARK_AUTH_FILE: file });
  const token = await mintTestToken({ subject: "ci" });
  const scopes = async () => (await ask(app, token, "{ viewer { scopes } }")).answer.data?.viewer.scopes;
  expect(await scopes()).toEqual(["models:read"]);
  const sse = await openSse(app.url, token, BOOKMARKS);
  const socket = await openSocket(app.url, token);
  await sse.next();
  write(TEST_ISSUER, ["models:read", "runs:read"]);
  app.reload();
  expect(await scopes()).toEqual(["models:read", "runs:read"]);
  const reason = "The rules for tokens of this issuer have changed. Connect again.";
  expect((await sse.next())?.errors).toMatchObject([{ message: reason, extensions: { code: "UNAUTHENTICATED" } }]);
  expect(await socket.closed).toEqual({ code: 4403, reason: `Forbidden: ${reason}` });
  write("https://another.test", ["admin"]);
  app.reload();
  expect((await ask(app, token, ME)).status).toBe(401);
  await app.stop();
  rmSync(folder, { recursive: true });
});
