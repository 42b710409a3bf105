import { afterAll, beforeAll, expect, test } from "vitest";
import { mintTestToken, startTestServer, type TestServer } from "../../support/server.js";
import { BOOKMARKS, openSocket, openSse, post } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test.each([
  ["reading the head of the log", "{ head { cursor } }"],
  ["opening a subscription", BOOKMARKS],
])("%s ends with TIMEOUT after the time of a request, over HTTP and WebSocket", async (_name, query) => {
  const app = await startServerOn(server.database, { SHELFMARK_LIMIT_REQUEST_MS: "150" });
  const token = await mintTestToken();
  const socket = await openSocket(app.url, token);
  const client = await server.database.pool.connect();
  await client.query("BEGIN");
  await client.query(`LOCK TABLE "EventHead" IN ACCESS EXCLUSIVE MODE`);
  const codes: unknown[] = [];
  const isStream = query === BOOKMARKS;
  const http = isStream
    ? openSse(app.url, token, query).then((stream) => stream.next())
    : post(app.url, token, { query }).then((answer) => answer.json());
  for (const answer of [http, socket.answer("1", query)])
    void answer.then((result) => codes.push(result?.errors?.[0]?.extensions.code));
  await expect
    .poll(() => codes)
    .toEqual(["TIMEOUT", "TIMEOUT"])
    .finally(() => client.query("ROLLBACK"));
  client.release();
  await socket.close();
  await app.stop();
});
