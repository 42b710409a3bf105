import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type App, createApp } from "../../src/app.js";
import type { Database } from "../../src/store/database.js";
import { openTestDatabase } from "../support/database.js";
import { mintTestToken } from "../support/token.js";
import { testConfig } from "../support/wiring.js";
import { BOOKMARKS, openSocket, openSse, post } from "./door-client.js";

const SECRET = "hunter2";
const TAG = `mutation Tag($on: TagTarget!, $value: String!) { setTag(input: { on: $on, key: "k", value: $value }) { model { id } } }`;
const VARIABLES = { on: { model: { name: SECRET } }, value: SECRET };

let database: Database;
let app: App;
let token: string;
const lines: string[] = [];
beforeAll(async () => {
  database = await openTestDatabase();
  app = createApp(testConfig(), { log: pino({}, { write: (line: string) => void lines.push(line) }), database });
  await app.start();
  token = await mintTestToken();
});
afterAll(async () => {
  await app?.stop();
  await database?.close();
});
beforeEach(() => {
  lines.length = 0;
});

/** The lines of requests, without what differs from run to run. */
async function requests(count: number) {
  await expect.poll(() => lines.filter((line) => line.includes('"request"')).length).toBe(count);
  return lines
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === "request")
    .map(({ level, time, pid, hostname, msg, ms, ...line }) => {
      expect(ms).toBeGreaterThanOrEqual(0);
      return line;
    });
}

test("each operation of either door has one line: its request id, its name and its codes", async () => {
  await post(app.url, token, { query: TAG, variables: VARIABLES, operationName: "Tag" }, { "x-request-id": "http-1" });
  const socket = await openSocket(app.url, token);
  socket.say({ id: "1", type: "subscribe", payload: { query: TAG, variables: VARIABLES, operationName: "Tag" } });
  await socket.about("1");
  await socket.answer("2", "{ nothing }");
  await socket.answer("3", "{");
  await socket.close();
  const id = expect.any(String);
  expect(await requests(4)).toEqual([
    { requestId: "http-1", method: "POST", status: 200, operationName: "Tag", codes: ["NOT_FOUND"] },
    { requestId: id, method: "WS", operationName: "Tag", codes: ["NOT_FOUND"] },
    { requestId: id, method: "WS", codes: ["INVALID_DOCUMENT"] },
    { requestId: id, method: "WS", codes: ["INVALID_DOCUMENT"] },
  ]);
});

test("so has each stream", async () => {
  const stream = await openSse(app.url, token, BOOKMARKS);
  await stream.next();
  stream.leave();
  const socket = await openSocket(app.url, token);
  socket.subscribe("1", BOOKMARKS);
  await socket.about("1");
  await socket.close();
  const id = expect.any(String);
  expect(await requests(2)).toEqual([
    { requestId: id, method: "POST", status: 200 },
    { requestId: id, method: "WS", codes: [] },
  ]);
});

test("so has what is refused at the door", async () => {
  await post(app.url, null, { query: "{ __typename }" });
  await post(app.url, token, "{}", { "content-type": "text/plain" });
  await post(app.url, token, { query: "{ __typename }", operationName: 7 });
  expect(await requests(3)).toMatchObject([
    { method: "POST", status: 401, codes: ["UNAUTHENTICATED"] },
    { method: "POST", status: 415, codes: ["INVALID_DOCUMENT"] },
    { method: "POST", status: 400, codes: ["INVALID_DOCUMENT"] },
  ]);
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
  await requests(5);
  const log = lines.join("");
  for (const part of [SECRET, ...token.split(".")]) expect(log).not.toContain(part);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(400);
});
