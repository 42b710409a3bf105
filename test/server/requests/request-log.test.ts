import { connect } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type App, createApp } from "../../../src/app.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { mintTestToken, TEST_ISSUER } from "../../support/token.js";
import { BOOKMARKS, initSocket, openSocket, openSse, post, raw, upgrade } from "../../support/transports.js";
import { testConfig } from "../../support/wiring.js";

const SECRET = "hunter2";
const TAG = `mutation Tag($on: TagTarget!, $value: String!) { setTag(input: { on: $on, key: "k", value: $value }) { model { id } } }`;
const VARIABLES = { on: { model: { name: SECRET } }, value: SECRET };

let database: Database;
let app: App;
let token: string;
/** How far the server's clock is ahead. */
let aheadMs = 0;
const lines: string[] = [];
beforeAll(async () => {
  database = await openTestDatabase();
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  app = createApp(testConfig(), { log, database, now: () => new Date(Date.now() + aheadMs) });
  await app.start();
  token = await mintTestToken();
});
afterAll(async () => {
  await app?.stop();
  await database?.close();
});
beforeEach(() => {
  aheadMs = 0;
  lines.length = 0;
});

/** Waits for a number of lines with this message. Returns them without what differs from run to run. */
async function logged(count: number, kind = "request") {
  const parsed = () => lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === kind);
  await expect.poll(() => parsed().length).toBe(count);
  return parsed().map(({ level, time, pid, hostname, msg, ms, ...line }) => {
    expect(ms ?? 0).toBeGreaterThanOrEqual(0);
    return line;
  });
}

const ID = expect.any(String);
const FROM = { address: "127.0.0.1", path: "graphql" };
const WHO = { viewer: { issuer: TEST_ISSUER, subject: "tester" } };
const HTTP = { method: "POST", ...FROM, userAgent: "node", bytes: expect.any(Number) };
const WS = { requestId: ID, method: "WS", ...FROM, ...WHO };

test("each operation over HTTP or WebSocket has one line with its request id, name, codes and viewer", async () => {
  await post(app.url, token, { query: TAG, variables: VARIABLES, operationName: "Tag" }, { "x-request-id": "http-1" });
  const socket = await openSocket(app.url, token);
  socket.send({ id: "1", type: "subscribe", payload: { query: TAG, variables: VARIABLES, operationName: "Tag" } });
  await socket.nextFor("1");
  await socket.answer("2", "{ nothing }");
  await socket.answer("3", "{");
  await socket.close();
  const tag = { operationType: "mutation", operationName: "Tag", codes: ["NOT_FOUND"] };
  expect(await logged(4)).toEqual([
    { requestId: "http-1", ...HTTP, ...WHO, status: 200, ...tag },
    { ...WS, ...tag },
    { ...WS, operationType: "query", codes: ["INVALID_DOCUMENT"] },
    { ...WS, codes: ["INVALID_DOCUMENT"] },
  ]);
});

test("the bytes are those of the response, not of the connection", async () => {
  const agent = { query: "{ viewer { scopes } }" };
  await (await post(app.url, token, agent)).text();
  await (await post(app.url, token, agent)).text();
  const [first, second] = await logged(2);
  expect(first.bytes).toBeGreaterThan(300);
  expect(Math.abs(first.bytes - second.bytes)).toBeLessThan(5);
});

test("a stream has its line when it ends, with its duration, its number of messages and the reason", async () => {
  const stream = await openSse(app.url, token, BOOKMARKS);
  await stream.next();
  expect(await logged(0)).toEqual([]);
  stream.leave();
  await logged(1);
  const socket = await openSocket(app.url, token);
  socket.subscribe("1", BOOKMARKS);
  await socket.nextFor("1");
  await socket.close();
  await logged(2);
  const ending = await openSse(app.url, token, BOOKMARKS);
  await ending.next();
  aheadMs = 3_600_000;
  for (let message = await ending.next(); message; message = await ending.next());
  const subscription = { operationType: "subscription", messages: 1 };
  expect(await logged(3)).toEqual([
    { requestId: ID, ...HTTP, ...WHO, ...subscription, status: 200, codes: [], left: true },
    { ...WS, ...subscription, codes: [] },
    { requestId: ID, ...HTTP, ...WHO, ...subscription, messages: 2, status: 200, codes: ["UNAUTHENTICATED"] },
  ]);
});

test("requests that are pipelined behind a stream end with their connection", async () => {
  const { hostname, port } = new URL(app.url);
  const get = (query: string) =>
    `GET /graphql?query=${encodeURIComponent(query)} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`;
  const socket = connect(Number(port), hostname, () =>
    socket.write(get(BOOKMARKS) + get("{ __typename }") + get(BOOKMARKS)),
  );
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("data", resolve));
  expect(await logged(0)).toEqual([]);
  socket.resetAndDestroy();
  expect(
    (await logged(3)).map(({ method, status, left, operationType }) => [method, status, left, operationType]),
  ).toEqual(
    expect.arrayContaining([
      ["GET", 200, true, "query"],
      ["GET", 200, true, "subscription"],
    ]),
  );
});

test("a socket has a line when its token is verified, and one when it closes", async () => {
  const { socket } = await initSocket(app.url, { authorization: `Bearer ${token}` }, { "x-request-id": "handshake-1" });
  await socket.answer("1", "{ __typename }");
  socket.ws.close(4321);
  await socket.closed;
  await initSocket(app.url, { authorization: "Bearer x" });
  expect(await logged(1, "socket opened")).toEqual([{ requestId: "handshake-1", ...WHO }]);
  expect(await logged(2, "socket closed")).toEqual([
    { requestId: "handshake-1", code: 4321, ...WHO, address: "127.0.0.1" },
    { requestId: ID, code: 4403, address: "127.0.0.1" },
  ]);
  expect((await logged(1))[0].requestId).not.toBe("handshake-1");
});

test("a request that is refused before GraphQL has its line, too", async () => {
  // a line is written when its request has ended, which may be after the next one began
  await post(app.url, null, { query: "{ __typename }" });
  await logged(1);
  await post(app.url, token, "{}", { "content-type": "text/plain" });
  await logged(2);
  await post(app.url, token, { query: "{ __typename }", operationName: 7 });
  await logged(3);
  await raw(app.url, { method: "GET", path: "/secret?token=hunter2" });
  await logged(4);
  expect((await upgrade(app.url, { origin: "https://evil.example" })).status).toBe(403);
  await logged(5);
  await raw(app.url, { method: "GET", headers: { authorization: `Bearer ${SECRET.repeat(5_000)}` } });
  expect(await logged(6)).toMatchObject([
    { method: "POST", status: 401, codes: ["UNAUTHENTICATED"] },
    { method: "POST", status: 415, codes: ["INVALID_DOCUMENT"] },
    { method: "POST", status: 400, codes: ["INVALID_DOCUMENT"] },
    { method: "GET", path: "other", status: 404, codes: ["NOT_FOUND"] },
    { method: "GET", path: "graphql", status: 403, codes: ["FORBIDDEN"] },
    { requestId: ID, status: 431, codes: ["INVALID_DOCUMENT"] },
  ]);
  expect(lines.join("")).not.toContain(SECRET);
});

test("the trace id of the client is in the line if it is valid", async () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const parents = [`00-${trace}-00f067aa0ba902b7-01`, `00-${"0".repeat(32)}-00f067aa0ba902b7-01`, '00-"}\\n'];
  for (const traceparent of parents) await post(app.url, token, { query: "{ __typename }" }, { traceparent });
  const socket = await openSocket(app.url, token);
  const payload = { query: "{ __typename }", extensions: { traceparent: parents[0] } };
  socket.send({ id: "1", type: "subscribe", payload });
  await socket.nextFor("1");
  await socket.close();
  expect((await logged(4)).map(({ traceId }) => traceId)).toEqual([trace, undefined, undefined, trace]);
});

test("nothing that a client sends breaks a line, controls a terminal or makes the line long", async () => {
  const agent = `\u001b[2J\u009b31m${"x".repeat(1_000)}`;
  await raw(app.url, {
    headers: { "user-agent": agent.replaceAll("\u001b", "\t"), "x-request-id": 'a"b' },
    method: "GET",
  });
  const [line] = await logged(1);
  expect(line.userAgent).toHaveLength(200);
  expect(line.requestId).not.toContain('"');
  expect(lines.join("")).not.toMatch(/[^\n\P{C}]/u);
});

test("neither tokens nor variables are in the log, and a long name is cut", async () => {
  const name = "N".repeat(5_000);
  await post(app.url, token, { query: TAG, variables: VARIABLES });
  await post(app.url, token, { query: TAG, variables: { ...VARIABLES, value: 7 } });
  await post(app.url, `${token}x`, { query: TAG, variables: VARIABLES });
  await post(app.url, token, { query: `query ${name} { __typename }`, operationName: name });
  const socket = await openSocket(app.url, token);
  await socket.answer("1", TAG, VARIABLES);
  await socket.close();
  await logged(5);
  const log = lines.join("");
  for (const part of [SECRET, ...token.split(".")]) expect(log).not.toContain(part);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(600);
});
