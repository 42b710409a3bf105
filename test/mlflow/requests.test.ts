import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { send } from "./mlflow-client.js";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
});
afterAll(() => server?.stop());

test("what is wrong with a request is the client's mistake", async () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    send(`${server.url.replace("/graphql", "")}/mlflow/api/2.0/mlflow/registered-models/create`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body,
    });
  const missing = "Missing value for required parameter 'name'.";
  for (const [answer, status, message] of [
    [await post("no JSON"), 400, missing],
    [await post("null"), 400, missing],
    [await post('{"name": null}'), 400, missing],
    [await post("[]"), 400, "The body must be a JSON object"],
    [await post('{"name": 1}'), 400, "Hint: Value was of type 'int'."],
    [await post('{"name": "m", "tags": {}}'), 400, "Hint: Value was of type 'dict'."],
    [await post('{"name": "m", "tags": [{"value": "v"}]}'), 400, "required parameter 'tags[0].key'."],
    [await post('{"name": "a\\u0000b"}'), 400, "U+0000"],
    [await post('{"name": "\\ud800"}'), 400, "Unicode"],
    [await post('{"name": "m"}', { "content-type": "text/plain" }), 400, "Content-Type must be one of"],
    [await post('{"name": "m"}', { "content-encoding": "zstd" }), 400, "Content-Encoding"],
    [await post(`"${"x".repeat(9 * 1024 * 1024)}"`), 413, "bytes at most"],
  ] as const) {
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(message)]);
  }
});
