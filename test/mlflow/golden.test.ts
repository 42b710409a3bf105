import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { findDifference, readExchanges, replay } from "./golden.js";
import { PREPARATION } from "./golden-preparation.js";
import { INTENDED } from "./intended-differences.js";
import { mlflowClient } from "./mlflow-client.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

test("each recorded exchange has the status, the code and the shape of MLflow's, or an intended difference", async () => {
  const call = mlflowClient(server.url);
  const base = server.url.replace("/graphql", "/mlflow");
  const token = await server.token();
  const found = new Map<string, string>();
  const exchanges = readExchanges("golden-registry.jsonl");
  for (const exchange of exchanges) {
    for (const [method, path, fields] of PREPARATION[exchange.id] ?? []) {
      const { status, body } = await call(method, path, fields);
      expect(status, `${exchange.id}: ${JSON.stringify(body)}`).toBe(200);
    }
    const difference = findDifference(exchange, await replay(base, token, exchange));
    if (difference !== null) found.set(exchange.id, difference);
  }
  const wrong = [...found].filter(([id]) => !Object.hasOwn(INTENDED, id));
  expect(wrong).toEqual([]);
  expect(Object.keys(INTENDED).filter((id) => !found.has(id))).toEqual([]);
  expect({ equal: exchanges.length - found.size, intended: found.size }).toMatchInlineSnapshot(`
    {
      "equal": 139,
      "intended": 16,
    }
  `);
});
