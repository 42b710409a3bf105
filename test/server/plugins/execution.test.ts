import { afterAll, beforeAll, expect, test } from "vitest";
import { mintTestToken, startTestServer, type TestServer } from "../../support/server.js";
import { BOOKMARKS, openSocket, openSse, post } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test("an answer's fields stand in the order of the document, whichever is done first", async () => {
  const document = `{
    slow: models(where: { name: { contains: "a" } }) { totalCount nodes { versions { totalCount } name } }
    quick: viewer { actor { subject } }
    middle: head { revision }
    last: models(first: 1) { nodes { name } }
  }`;
  for (let round = 0; round < 10; round++) {
    const data = await server.data(document);
    expect(Object.keys(data)).toEqual(["slow", "quick", "middle", "last"]);
  }
});

test.each([
  ["the head of the log is read", "{ head { cursor } }"],
  ["a subscription is open", BOOKMARKS],
])("%s within the time of a request, as all else is, or that is told, at both doors", async (_name, query) => {
  const app = await startServerOn(server.database, { SHELFMARK_LIMIT_REQUEST_MS: "150" });
  const token = await mintTestToken();
  const socket = await openSocket(app.url, token);
  const client = await server.database.pool.connect();
  await client.query("BEGIN");
  await client.query(`LOCK TABLE "EventHead" IN ACCESS EXCLUSIVE MODE`);
  const told: unknown[] = [];
  const isStream = query === BOOKMARKS;
  const http = isStream
    ? openSse(app.url, token, query).then((stream) => stream.next())
    : post(app.url, token, { query }).then((answer) => answer.json());
  for (const answer of [http, socket.answer("1", query)])
    void answer.then((said) => told.push(said?.errors?.[0]?.extensions.code));
  await expect
    .poll(() => told)
    .toEqual(["TIMEOUT", "TIMEOUT"])
    .finally(() => client.query("ROLLBACK"));
  client.release();
  await socket.close();
  await app.stop();
});
