import { createHmac, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { OpenSessions } from "../../../src/domain/access/open-sessions.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { TEST_AUDIENCE, TEST_ISSUER } from "../../support/server.js";
import { BOOKMARKS, initSocket, openSse, post, raw, Socket } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

const trusted = generateKeyPairSync("ec", { namedCurve: "P-256" });
const strange = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = trusted.publicKey.export({ type: "spki", format: "pem" }).toString();

let released: Promise<void> = Promise.resolve();
const issuer = createServer(async (_, response) => {
  await released;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ keys: [{ ...(await exportJWK(trusted.publicKey)), kid: "known", alg: "ES256" }] }));
});

let database: Database;
let jwks: string;
let url: string;
const toStop: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  jwks = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`;
  database = await openTestDatabase();
  const app = await startServerOn(database, { SHELFMARK_JWT_PUBLIC_KEY: "", SHELFMARK_JWKS_URL: jwks });
  url = app.url;
  toStop.push(app.stop, database.close, () => new Promise((resolve) => issuer.close(resolve)));
});
afterAll(async () => {
  for (const stop of toStop) await stop();
});

const now = Math.floor(Date.now() / 1000);
const CLAIMS = { iss: TEST_ISSUER, aud: TEST_AUDIENCE, sub: "ada", exp: now + 3600, scope: "models:read" };
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function sign(change: Record<string, unknown> = {}, header: object = {}, key = trusted.privateKey): Promise<string> {
  return new SignJWT({ ...CLAIMS, ...change }).setProtectedHeader({ alg: "ES256", kid: "known", ...header }).sign(key);
}

function hmac(key: string): string {
  const signed = `${encode({ alg: "HS256", kid: "known" })}.${encode(CLAIMS)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

async function withParts(header: object, claims: object): Promise<string> {
  const signature = (await sign()).split(".")[2];
  return `${encode(header)}.${encode(claims)}.${signature}`;
}

const HOSTILE: readonly [string, () => string | null | Promise<string>, string][] = [
  ["no token", () => null, "A bearer token is required: authorization: Bearer <token>."],
  ["garbage", () => "garbage", "The token is not a well-formed JWT."],
  ["alg none", () => `${encode({ alg: "none" })}.${encode(CLAIMS)}.`, "signed with an algorithm"],
  ["alg none under a signature", () => withParts({ alg: "none", kid: "known" }, CLAIMS), "signed with an algorithm"],
  ["HS256 keyed with the public key", () => hmac(PEM), "signed with an algorithm"],
  [
    "changed claims",
    () => withParts({ alg: "ES256", kid: "known" }, { ...CLAIMS, sub: "eve" }),
    "does not match the issuer",
  ],
  ["wrong issuer", () => sign({ iss: "https://evil.test" }), "is from an issuer that is not trusted"],
  ["wrong audience", () => sign({ aud: "mlflow" }), "meant for another audience"],
  ["expired", () => sign({ exp: now - 60 }), "The token has expired."],
  ["no expiry", () => sign({ exp: undefined }), "The token has no exp claim."],
  ["another key", () => sign({}, {}, strange.privateKey), "does not match the issuer"],
  ["unknown kid", () => sign({}, { kid: "nobody" }), "a key that the issuer does not list"],
];

const VIEWER = "{ viewer { actor { subject } } }";
const bearer = (token: string | null) => (token === null ? {} : { authorization: `Bearer ${token}` });

async function expectUnauthenticated(response: Response, sentence: string) {
  expect(response.status).toBe(401);
  const isMissing = sentence.startsWith("A bearer token is required");
  const error = isMissing ? "" : ', error="invalid_token"'; // RFC 6750 §3.1
  expect(response.headers.get("www-authenticate")).toBe(`Bearer realm="shelfmark"${error}`);
  const requestId = response.headers.get("x-request-id");
  expect(await response.json()).toEqual({
    errors: [
      {
        message: expect.stringContaining(sentence),
        extensions: {
          code: "UNAUTHENTICATED",
          reason: isMissing ? "missing" : expect.not.stringMatching("missing"),
          retryable: false,
          requestId,
        },
      },
    ],
  });
}

describe.each(HOSTILE)("%s", (_name, make, sentence) => {
  test("HTTP: 401, by POST and by GET", async () => {
    const token = await make();
    await expectUnauthenticated(await post(url, token, { query: VIEWER }), sentence);
    const get = `${url}?query=${encodeURIComponent(VIEWER)}`;
    await expectUnauthenticated(await fetch(get, { headers: bearer(token) }), sentence);
  });

  test("SSE: 401, and no stream", async () => {
    const accept = { accept: "text/event-stream" };
    await expectUnauthenticated(await post(url, await make(), { query: BOOKMARKS }, accept), sentence);
  });

  test("WebSocket: 4403 with the reason, by header and by parameter", async () => {
    const headers = bearer(await make());
    const closed = { code: 4403, reason: expect.stringContaining(sentence) };
    expect((await initSocket(url, {}, headers)).first).toEqual(closed);
    expect((await initSocket(url, headers)).first).toEqual(closed);
  });
});

describe("a valid token", () => {
  const ACK = { type: "connection_ack" };

  test("is accepted over HTTP, SSE and WebSocket", async () => {
    const token = await sign();
    expect(await (await post(url, token, { query: VIEWER })).json()).toEqual({
      data: { viewer: { actor: { subject: "ada" } } },
    });
    const stream = await openSse(url, token, BOOKMARKS);
    expect(stream.response.status).toBe(200);
    expect(await stream.next()).toMatchObject({ data: { stageChanged: { event: null } } });
    stream.leave();
    const ways: [object, Record<string, string>][] = [
      [{}, { authorization: `Bearer ${token}` }],
      [{ authorization: `Bearer ${token}` }, {}],
      [{ Authorization: `bearer ${token}` }, {}],
    ];
    for (const [params, headers] of ways) {
      const { socket, first } = await initSocket(url, params, headers);
      expect(first).toMatchObject(ACK);
      expect(await socket.answer("1", VIEWER)).toMatchObject({ data: { viewer: { actor: { subject: "ada" } } } });
      await socket.close();
    }
  });

  test("is not looked for in the URL, the body, a cookie or under another scheme", async () => {
    const token = await sign();
    const query = `query=${encodeURIComponent(VIEWER)}`;
    for (const name of ["access_token", "token", "authorization"]) {
      const inUrl = await raw(url, { method: "GET", path: `/graphql?${query}&${name}=${token}` });
      expect(inUrl.status).toBe(401);
      const { first } = await initSocket(`${url}?${name}=${token}`, {});
      expect(first).toMatchObject({ code: 4403 });
    }
    const inBody = await post(url, null, { query: VIEWER, extensions: { authorization: `Bearer ${token}` } });
    expect(inBody.status).toBe(401);
    for (const headers of [{ cookie: `token=${token}` }, { authorization: `Basic ${token}` }, { authorization: token }])
      expect((await post(url, null, { query: VIEWER }, headers as Record<string, string>)).status).toBe(401);
  });

  test("in the parameters counts, and not the one in the header", async () => {
    const header = bearer(await sign({ sub: "of-the-header" })) as Record<string, string>;
    const { socket } = await initSocket(
      url,
      { authorization: `Bearer ${await sign({ sub: "of-the-parameter" })}` },
      header,
    );
    expect((await socket.answer("1", VIEWER)).data.viewer.actor.subject).toBe("of-the-parameter");
    await socket.close();
    const refused = await initSocket(url, { authorization: "Bearer garbage" }, header);
    expect(refused.first).toMatchObject({ code: 4403 });
  });
});

describe("a socket that is not authenticated", () => {
  test("may open, but not run operations, and must not initialise twice", async () => {
    const silent = new Socket(url);
    await new Promise((resolve) => silent.ws.once("open", resolve));
    silent.subscribe("1", VIEWER);
    expect(await silent.next()).toEqual({ code: 4401, reason: "Unauthorized" });
    const token = await sign();
    const { socket } = await initSocket(url, { authorization: `Bearer ${token}` });
    socket.send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
    expect(await socket.closed).toEqual({ code: 4429, reason: "Too many initialisation requests" });
  });

  test("and closes while its token is verified, is not kept", async () => {
    const kept = vi.spyOn(OpenSessions.prototype, "add");
    onTestFinished(() => kept.mockRestore());
    let release = () => {};
    released = new Promise((resolve) => {
      release = resolve;
    });
    const app = await startServerOn(database, { SHELFMARK_JWT_PUBLIC_KEY: "", SHELFMARK_JWKS_URL: jwks });
    onTestFinished(app.stop);
    const token = await sign();
    const socket = new Socket(app.url);
    await new Promise((resolve) => socket.ws.once("open", resolve));
    socket.send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
    await socket.close();
    const asked = post(app.url, token, { query: VIEWER });
    release();
    expect((await asked).status).toBe(200);
    expect(kept).not.toHaveBeenCalled();
    expect((await initSocket(app.url, { authorization: `Bearer ${token}` })).first).toMatchObject({
      type: "connection_ack",
    });
    expect(kept).toHaveBeenCalledTimes(1);
  });
});
