import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { openSocket, post } from "../../support/transports.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const REFUSED = [
  {
    message:
      "The document selects the same fields so often that it cannot be validated in time. Select each field once.",
    extensions: { code: "TOO_COMPLEX", retryable: false, requestId: expect.any(String) },
  },
];

test("fields that are repeated within the limit of tokens are refused over HTTP and WebSocket, also from the cache", async () => {
  const token = await server.token();
  const query = `{ ${"viewer { actor { subject } } ".repeat(500)} }`;
  const socket = await openSocket(server.url, token);
  for (const id of ["1", "2"]) {
    expect(await (await post(server.url, token, { query })).json()).toEqual({ errors: REFUSED });
    expect(await socket.answer(id, query)).toEqual({ errors: REFUSED });
  }
  await socket.close();
});

test("fields that are repeated a few times are accepted", async () => {
  const query = `{ ${"viewer { actor { subject } } ".repeat(20)} }`;
  expect(await server.data(query)).toEqual({ viewer: { actor: { subject: "tester" } } });
});
