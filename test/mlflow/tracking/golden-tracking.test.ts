import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { findDifference, readExchanges, replay } from "../golden.js";
import { mlflowClient } from "../mlflow-client.js";
import { RecordedIds } from "./golden-ids.js";
import { INTENDED_OF_TRACKING } from "./tracking-differences.js";
import { TRACKING_PREPARATION } from "./tracking-preparation.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

async function removeNamesake(): Promise<void> {
  const call = mlflowClient(server.url);
  const { body } = await call("GET", "/experiments/get-by-name", { experiment_name: "e2996545" });
  expect(body.experiment.lifecycle_stage).toBe("active");
  await call("POST", "/experiments/delete", { experiment_id: body.experiment.experiment_id });
}

test("each recorded exchange of tracking is as with MLflow, or differs as intended", async () => {
  const ids = new RecordedIds(mlflowClient(server.url));
  const base = server.url.replace("/graphql", "/mlflow");
  const token = await server.token();
  const found = new Map<string, string>();
  const exchanges = readExchanges("tracking/golden-tracking.jsonl");
  for (const exchange of exchanges) {
    for (const [path, req] of TRACKING_PREPARATION[exchange.id] ?? []) {
      const step = { ...exchange, method: "POST", path: `/api/2.0/mlflow${path}`, req, status: 200 };
      expect((await replay(base, token, await ids.translate(step))).status, path).toBe(200);
    }
    // the name of a deleted experiment is free here, so this made one
    if (exchange.id === "exp restore") await removeNamesake();
    const answer = await replay(base, token, await ids.translate(exchange));
    ids.learn(exchange, answer);
    const difference = findDifference(exchange, answer);
    if (difference !== null) found.set(exchange.id, difference);
  }
  expect([...found].filter(([id]) => !Object.hasOwn(INTENDED_OF_TRACKING, id))).toEqual([]);
  expect(Object.keys(INTENDED_OF_TRACKING).filter((id) => !found.has(id))).toEqual([]);
  expect({ equal: exchanges.length - found.size, intended: found.size }).toMatchInlineSnapshot(`
    {
      "equal": 182,
      "intended": 18,
    }
  `);
});
