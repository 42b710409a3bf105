import { afterAll, beforeAll, expect, test } from "vitest";
import { mintTestToken, startTestServer, type TestServer } from "../support/server.js";
import { startServerOn } from "../support/wiring.js";
import { openSocket, post } from "./door-client.js";

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

test("the head of the log is read within the time of a request, as all else is, at both doors", async () => {
  const app = await startServerOn(server.database, { SHELFMARK_LIMIT_REQUEST_MS: "150" });
  const token = await mintTestToken();
  const socket = await openSocket(app.url, token);
  const client = await server.database.pool.connect();
  await client.query("BEGIN");
  await client.query(`LOCK TABLE "EventHead" IN ACCESS EXCLUSIVE MODE`);
  const query = "{ head { cursor } }";
  const told: unknown[] = [];
  const asked = [post(app.url, token, { query }).then((answer) => answer.json()), socket.answer("1", query)];
  for (const answer of asked) void answer.then(({ errors }) => told.push(errors?.[0]?.extensions.code));
  await expect
    .poll(() => told)
    .toEqual(["TIMEOUT", "TIMEOUT"])
    .finally(() => client.query("ROLLBACK"));
  client.release();
  await socket.close();
  await app.stop();
});
