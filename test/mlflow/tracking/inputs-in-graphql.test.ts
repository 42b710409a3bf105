import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { type Call, mlflowClient } from "../mlflow-client.js";

let server: TestServer;
let run: string;
beforeAll(async () => {
  server = await startTestServer();
  const call: Call = mlflowClient(server.url);
  const { experiment_id } = (await call("POST", "/experiments/create", { name: "inputs" })).body;
  const { body } = await call("POST", "/runs/create", { experiment_id });
  run = body.run.info.run_id;
  const tags = [
    { key: "mlflow.data.context", value: "training" },
    { key: "split", value: "80/20" },
  ];
  const logged = await call("POST", "/runs/log-inputs", { run_id: run, datasets: [{ tags, dataset: DATASET }] });
  expect(logged.status).toBe(200);
});
afterAll(() => server?.stop());

/** Texts with blanks that a parser would lose. */
const DATASET = {
  name: "visits",
  digest: "d1",
  source_type: "s3",
  source: '{"uri":  "s3://bucket/visits"}',
  schema: '{ "mlflow_colspec": [] }',
  profile: "rows: 12",
};
const TEXTS = { sourceText: DATASET.source, schemaText: DATASET.schema, profileText: DATASET.profile };
const READ = `{ dataset(name: "visits", digest: "d1") { schemaText profileText sourceText } }`;

test("what a client said of an input is at the link to it, and at the edge of the lineage", async () => {
  const { run: found, lineage } = await server.data(`{
    run(id: "${run}") { inputs { nodes { context tags { key value } } } }
    lineage(of: { run: "${run}" }, direction: UPSTREAM) { edges { context tags { key value } } }
  }`);
  const said = { context: "training", tags: [{ key: "split", value: "80/20" }] };
  expect(found.inputs.nodes).toEqual([said]);
  expect(lineage.edges).toEqual([said]);
});

test("an edge of which nobody said anything has no tags", async () => {
  await server.data(`mutation {
    logInputs(input: { run: "${run}", datasets: [{ dataset: { name: "plain", digest: "1" } }] }) { run { id } }
  }`);
  const read = `{ dataset(name: "plain", digest: "1") { downstream { nodes { tags { key } } } schemaText } }`;
  const { dataset } = await server.data(read);
  expect(dataset).toEqual({ downstream: { nodes: [{ tags: [] }] }, schemaText: null });
});

test("the texts of a dataset are as the client wrote them, its source for creators and artifacts:read only", async () => {
  expect((await server.data(READ)).dataset).toEqual(TEXTS);
  const allowed = { subject: "reader", scopes: ["runs:read", "artifacts:read"] as const };
  expect((await server.data(READ, {}, allowed)).dataset).toEqual(TEXTS);
  const refused = await server.request(READ, {}, { subject: "reader", scopes: ["runs:read"] });
  expect(refused.data.dataset).toEqual({ ...TEXTS, sourceText: null });
  expect(refused.errors?.map(({ extensions }) => extensions?.code)).toEqual(["FORBIDDEN"]);
  expect(JSON.stringify(refused)).not.toContain("s3://bucket");
  const elsewhere = await server.data(READ, {}, { subject: "narrow", experiments: ["other"] });
  expect(elsewhere.dataset).toBeNull();
});
