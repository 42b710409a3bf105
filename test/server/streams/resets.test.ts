import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { initSocket, openSse, post } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
});
afterAll(() => server?.stop());

const HANDSHAKE = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n";
const KEY = "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

/** Sends the text, and resets the connection after the given time, without waiting for a response. */
function sayAndReset(text: string, afterMs: number, url = server.url): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(text);
      setTimeout(() => socket.resetAndDestroy(), afterMs);
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
}

// An error event without a listener ends the process; vitest reports it and fails.
describe.each([
  ["a handshake on a wrong path", `GET /nope HTTP/1.1\r\nhost: x\r\n${HANDSHAKE}${KEY}\r\n`],
  [
    "a handshake of a page of another origin",
    `GET /graphql HTTP/1.1\r\nhost: x\r\norigin: http://evil.test\r\n${HANDSHAKE}${KEY}\r\n`,
  ],
  ["a handshake without a key", `GET /graphql HTTP/1.1\r\nhost: x\r\n${HANDSHAKE}\r\n`],
  ["a handshake", `GET /graphql HTTP/1.1\r\nhost: x\r\n${HANDSHAKE}${KEY}\r\n`],
  [
    "half a request",
    "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
  ],
  ["bytes that are not HTTP", "\u0000\u0001\r\n\r\n"],
])("%s, and a reset", (_, text) => {
  test("does not end the server", async () => {
    for (const afterMs of [0, 0, 0, 1, 2, 5, 10]) await sayAndReset(text, afterMs);
    const answer = await post(server.url, token, { query: "{ __typename }" });
    expect(await answer.json()).toEqual({ data: { __typename: "Query" } });
  });
});

describe("a subscription whose client leaves before it opens", () => {
  const SUBSCRIPTION = "subscription { stageChanged { cursor } }";
  const body = JSON.stringify({ query: SUBSCRIPTION });
  const headers = () => `host: x\r\nauthorization: Bearer ${token}\r\naccept: text/event-stream\r\n`;
  const get = () => `GET /graphql?query=${encodeURIComponent(SUBSCRIPTION)} HTTP/1.1\r\n${headers()}\r\n`;
  const post = () =>
    `POST /graphql HTTP/1.1\r\n${headers()}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  test.each([
    ["GET", get],
    ["POST", post],
    ["pipelined", () => get() + get() + get()],
  ])("keeps no place (%s)", async (_, request) => {
    const small = await startServerOn(server.database, { SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER: "3" });
    for (const afterMs of [0, 0, 0, 1, 2, 3, 5, 8]) await sayAndReset(request(), afterMs, small.url);
    const first = async () => {
      const stream = await openSse(small.url, token, SUBSCRIPTION);
      const told = await stream.next();
      stream.leave();
      return told;
    };
    await expect.poll(first).toEqual({ data: { stageChanged: { cursor: expect.any(String) } } });
    await small.stop();
  });
});

test("a refused handshake does not hold its connection", async () => {
  const { hostname, port } = new URL(server.url);
  const heard = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("end", () => resolve(text));
    socket.write(`GET /nope HTTP/1.1\r\nhost: x\r\n${HANDSHAKE}${KEY}\r\n`);
  });
  expect(heard).toMatch(
    /^HTTP\/1.1 404 Not Found\r\nx-request-id: [0-9a-f-]{36}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n$/,
  );
});

test("an invalid frame closes its socket, and nothing is printed beside the log", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  const { socket } = await initSocket(server.url, { authorization: `Bearer ${token}` });
  // a text frame with reserved bits: no client sends it
  (socket.ws as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(Buffer.from([0xff, 0xff, 0x00]));
  expect((await socket.closed).code).toBe(1002);
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});
