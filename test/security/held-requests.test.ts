import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holdField } from "../support/hold-field.js";
import { mintTestToken } from "../support/server.js";
import { openServers } from "../support/servers.js";
import { openSocket, post } from "../support/transports.js";

let servers: Awaited<ReturnType<typeof openServers>>;
let url: string;
beforeAll(async () => {
  servers = await openServers();
  const frame = { SHELFMARK_LIMIT_FRAME_BYTES: String(2 * 1024 * 1024) };
  url = await servers.serve({ SHELFMARK_LIMIT_EXECUTING: "2", SHELFMARK_LIMIT_WAITING: "4", ...frame });
});
afterAll(() => servers.stop());

/** More megabytes than the buffers of the system hold. */
const MANY = 32;
const VIEWER = { query: "{ viewer { actor { subject } } }" };

/** Sends the head of a request at once, and its body when `finish` is called. */
function hold(token: string, body: object, at = url) {
  const { hostname, port } = new URL(at);
  const text = JSON.stringify(body);
  const lines = [
    ...["POST /graphql HTTP/1.1", "host: x", "connection: close", "content-type: application/json"],
    ...[`authorization: Bearer ${token}`, `content-length: ${Buffer.byteLength(text)}`],
  ];
  const socket = connect(Number(port), hostname, () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
  let heard = "";
  socket.setEncoding("utf8").on("data", (data) => {
    heard += data;
  });
  socket.on("error", () => {});
  const answer = new Promise<string>((resolve) => socket.on("close", () => resolve(heard)));
  return { answer, heard: () => heard, finish: () => socket.write(text), leave: () => socket.destroy() };
}

test("a request whose token is revoked before its body arrives is not executed", async () => {
  const [token, admin] = [await mintTestToken({ tokenId: "held" }), await mintTestToken({ scopes: ["admin"] })];
  const held = hold(token, { query: `mutation { registerModel(input: { name: "late" }) { created } }` });
  expect((await post(url, token, VIEWER)).status).toBe(200);
  const revoke = `mutation { revokeTokens(input: { tokens: { tokenId: "held" } }) { revocation { id } } }`;
  expect(await (await post(url, admin, { query: revoke })).json()).not.toHaveProperty("errors");
  await expect.poll(async () => (await post(url, token, VIEWER)).status).toBe(401);
  held.finish();
  const answer = await held.answer;
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer).toContain("The token has been revoked.");
  const { data } = await (await post(url, admin, { query: `{ model(name: "late") { id } }` })).json();
  expect(data).toEqual({ model: null });
});

test("one actor that holds back bodies does not lock others out", async () => {
  const token = await mintTestToken({ subject: "flood", scopes: [] });
  const held = Array.from({ length: 8 }, () => hold(token, VIEWER));
  const refused = () => held.filter(({ heard }) => heard().startsWith("HTTP/1.1 503 ")).length;
  await expect.poll(refused).toBe(4);
  expect((await post(url, await mintTestToken({ subject: "other" }), VIEWER)).status).toBe(200);
  for (const { finish } of held) finish();
  const answers = await Promise.all(held.map(({ answer }) => answer));
  expect(answers.filter((answer) => answer.startsWith("HTTP/1.1 200 "))).toHaveLength(4);
  expect((await post(url, token, VIEWER)).status, "the places are free again").toBe(200);
});

describe("the memory budget", () => {
  const [PART, FRAME] = ["x".repeat(900 * 1024), String(1024 * 1024)];
  const limits = { SHELFMARK_LIMIT_BODY_BYTES: FRAME, SHELFMARK_LIMIT_FRAME_BYTES: FRAME };
  const text = JSON.stringify({ ...VIEWER, variables: { unused: PART } });
  let tight: string;
  beforeAll(async () => {
    tight = await servers.serve({ ...limits, SHELFMARK_LIMIT_HELD_BYTES: "8388608" });
  });

  test("bounds messages that never end for each actor, over all of its sockets", async () => {
    const token = await mintTestToken({ subject: "flood", scopes: [] });
    const sockets = [await openSocket(tight, token), await openSocket(tight, token), await openSocket(tight, token)];
    for (const { ws } of sockets) ws.send(PART, { fin: false });
    const first = await Promise.race(sockets.map(({ closed }) => closed));
    expect(first).toEqual({ code: 1013, reason: "Too many bytes of yours wait to be processed" });
    const open = sockets.filter(({ ws }) => ws.readyState === ws.OPEN);
    expect(open).toHaveLength(2);
    expect((await post(tight, token, text)).status, "bodies and messages share the budget").toBe(503);
    expect((await post(tight, await mintTestToken({ subject: "other" }), text)).status).toBe(200);
    for (const { ws } of open) ws.terminate();
    await expect.poll(async () => (await post(tight, token, text)).status).toBe(200);
  });

  test("includes operations that wait for the one before them under the same id", async () => {
    const token = await mintTestToken({ subject: "in turn", scopes: [] });
    const slow = holdField("Query", "viewer");
    const socket = await openSocket(tight, token);
    const { query, variables } = JSON.parse(text);
    for (const id of ["1", "2", "3"]) {
      socket.subscribe(id, VIEWER.query);
      socket.send({ id, type: "complete" });
      socket.subscribe(id, query, variables);
    }
    expect(await socket.closed).toEqual({ code: 1013, reason: "Too many bytes of yours wait to be processed" });
    slow.release();
    slow.restore();
    await expect.poll(async () => (await post(tight, token, text)).status).toBe(200);
  });

  test("excludes pings, however many there are", async () => {
    const socket = await openSocket(tight, await mintTestToken({ subject: "lively" }));
    let heard = () => {};
    socket.ws.on("pong", (data) => {
      if (String(data) === "last") heard();
    });
    for (let round = 0; round < 1_000; round++) {
      for (let sent = 1; sent < 20; sent++) socket.ws.ping("x".repeat(125));
      socket.ws.ping("last");
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
    expect((await socket.answer("1", VIEWER.query)).errors).toBeUndefined();
    await socket.close();
  });

  test("bounds bodies for each actor, and frees them once they are answered", async () => {
    const token = await mintTestToken({ subject: "flood", scopes: [] });
    const held = Array.from({ length: 3 }, () => hold(token, JSON.parse(text), tight));
    await expect.poll(() => held.filter(({ heard }) => heard().startsWith("HTTP/1.1 503 ")).length).toBe(1);
    for (const { finish } of held) finish();
    await Promise.all(held.map(({ answer }) => answer));
    const socket = await openSocket(tight, token);
    const { query, variables } = JSON.parse(text);
    for (const id of ["1", "2", "3", "4"]) expect((await socket.answer(id, query, variables)).errors).toBeUndefined();
    await socket.close();
  });
});

test("a socket whose client does not read its answers is paused, and loses nothing once it reads", async () => {
  const payload = { text: "x".repeat(1024 * 1024) };
  const socket = await openSocket(url, await mintTestToken());
  socket.ws.pause();
  const ping = (count: number): Promise<void> =>
    new Promise((resolve) => {
      if (count > 0) socket.ws.send(JSON.stringify({ type: "ping", payload }), () => resolve(ping(count - 1)));
      else resolve();
    });
  let isTaken = false;
  void ping(MANY).then(() => {
    isTaken = true;
  });
  const other = await openSocket(url, await mintTestToken());
  for (let i = 0; i < MANY; i++) {
    other.send({ type: "ping", payload });
    expect(await other.next()).toEqual({ type: "pong", payload });
  }
  expect(isTaken).toBe(false);
  await other.close();
  socket.ws.resume();
  for (let i = 0; i < MANY; i++) expect(await socket.next()).toEqual({ type: "pong", payload });
  await socket.close();
});
