import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { prepareEveryQuery } from "../../support/reference-operations.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { post } from "../../support/transports.js";

const prepared = prepareEveryQuery();
let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
});
afterAll(() => server?.stop());
beforeEach(() => {
  prepared.forget();
  prepared.counts.executed = 0;
});

test("a document that was executed before is answered by its prepared operation", async () => {
  const ask = async () => (await post(server.url, token, { query: "{ viewer { actor { subject } } }" })).json();
  const first = await ask();
  expect(prepared.counts.executed).toBe(0);
  expect(await ask()).toEqual(first);
  expect(prepared.counts.executed).toBe(1);
});
