import { createHook } from "node:async_hooks";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";

const ROUNDS = 30;
/** As many as there are today: a change that adds one says why. */
const MAX_PREPARED = 13;
const MAX_PLAIN = 46;

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
});
afterAll(() => server?.stop());

/** Sends a request and waits for its answer, without a promise of its own on the way. */
function exchange(socket: Socket, body: string, done: () => void): void {
  socket.once("data", done);
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}

/** How many promises one request makes: the fewest of many, since the process does other things too. */
async function promisesOf(socket: Socket, body: object): Promise<number> {
  let promises = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "PROMISE") promises++;
    },
  });
  let fewest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    await new Promise<void>((resolve) => {
      promises = 0;
      hook.enable();
      exchange(socket, JSON.stringify(body), () => {
        hook.disable();
        fewest = Math.min(fewest, promises);
        resolve();
      });
    });
  }
  return fewest;
}

test("a prepared operation takes no more promises than today, and fewer than a plain one", async () => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const query = "{ __typename }";
  const prepared = await promisesOf(socket, { query });
  // an empty parameter that the entry does not know makes it hand over to yoga
  const plain = await promisesOf(socket, { query, extensions: null });
  socket.destroy();
  expect(prepared).toBeLessThanOrEqual(MAX_PREPARED);
  expect(plain).toBeLessThanOrEqual(MAX_PLAIN);
});
