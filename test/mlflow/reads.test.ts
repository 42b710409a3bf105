import { afterAll, beforeAll, expect, test } from "vitest";
import { countStatements } from "../support/database/statements.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { type Call, mlflowClient } from "./mlflow-client.js";

let server: TestServer;
let call: Call;
const experiments: Record<string, string> = {};
const runs: Record<string, string> = {};
const models: Record<string, string> = {};

/** A run of `mine` reads a logged model of `theirs`, makes two, and registers one of them as a version of `fraud`. */
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
  for (const name of ["mine", "theirs"]) {
    const { experiment_id } = (await call("POST", "/experiments/create", { name })).body;
    experiments[name] = experiment_id;
    runs[name] = (await call("POST", "/runs/create", { experiment_id })).body.run.info.run_id;
  }
  for (const [name, of] of Object.entries({ read: "theirs", registered: "mine", kept: "mine" })) {
    const fields = { experiment_id: experiments[of], name, source_run_id: runs[of] };
    models[name] = (await call("POST", "/logged-models", fields)).body.model.info.model_id;
  }
  await call("POST", "/runs/log-inputs", { run_id: runs.mine, models: [{ model_id: models.read }] });
  await call("POST", "/registered-models/create", { name: "fraud" });
  await call("POST", "/model-versions/create", { name: "fraud", source: `models:/${models.registered}` });
  for (const version of ["2", "3"]) {
    await call("POST", "/model-versions/create", { name: "fraud", source: `s3://b/${version}` });
  }
  await call("POST", "/model-versions/transition-stage", { name: "fraud", version: "1", stage: "Staging" });
  await call("POST", "/registered-models/alias", { name: "fraud", alias: "champion", version: "1" });
});
afterAll(() => server?.stop());

const linksOf = async (as: object) => {
  const { inputs, outputs } = (await call("GET", "/runs/get", { run_id: runs.mine }, as)).body.run;
  const ids = (links: { model_id: string }[] = []) => links.map(({ model_id }) => model_id);
  return [ids(inputs.model_inputs), ids(outputs.model_outputs)];
};

test("a run shows the logged models that the token sees, and no others", async () => {
  expect(await linksOf({})).toEqual([[models.read], [models.registered, models.kept]]);
  expect(await linksOf({ subject: "n", experiments: ["mine"] })).toEqual([[], [models.registered, models.kept]]);
  // it sees runs and logged models by the versions of the model
  expect(await linksOf({ subject: "v", models: ["fraud"] })).toEqual([[], [models.registered]]);
  const search = { experiment_ids: [experiments.mine] };
  const { body } = await call("POST", "/runs/search", search, { subject: "v", models: ["fraud"] });
  expect(body.runs.map(({ outputs }: { outputs: object }) => outputs)).toEqual([
    { model_outputs: [{ model_id: models.registered, step: 0 }] },
  ]);
});

test("a version shows its run to a token that sees it, wherever the version is answered", async () => {
  const name = "fraud";
  const runIds = async (as: object) => {
    const ask = async (path: string, fields: object) => (await call("GET", path, fields, as)).body;
    const byAlias = await ask("/registered-models/alias", { name, alias: "champion" });
    const byNumber = await ask("/model-versions/get", { name, version: "1" });
    const { registered_model } = await ask("/registered-models/get", { name });
    const found = await ask("/registered-models/search", { filter: "name = 'fraud'" });
    const latest = [registered_model, ...found.registered_models].map(({ latest_versions: [first] }) => first);
    return [byAlias.model_version, byNumber.model_version, ...latest].map(({ version, run_id }) => [version, run_id]);
  };
  const ofVersion = (run: string | undefined) => Array.from({ length: 4 }, () => ["1", run]);
  expect(await runIds({})).toEqual(ofVersion(runs.mine));
  expect(await runIds({ subject: "v", models: ["fraud"] })).toEqual(ofVersion(runs.mine));
  expect(await runIds({ subject: "n", experiments: ["theirs"] })).toEqual(ofVersion(""));
  expect(await runIds({ subject: "s", scopes: ["models:read"] })).toEqual(ofVersion(""));
});

test("a model has the highest version of each stage, whatever its alias", async () => {
  const { registered_model } = (await call("GET", "/registered-models/get", { name: "fraud" })).body;
  const shown = registered_model.latest_versions.map((each: Record<string, string>) => [
    each.version,
    each.current_stage,
    each.source,
  ]);
  expect(shown).toEqual([
    ["1", "Staging", `models:/${models.registered}`],
    ["3", "None", "s3://b/3"],
  ]);
  const other = { subject: "other", models: ["elsewhere*"] };
  for (const path of ["/registered-models/get", "/registered-models/alias"]) {
    expect((await call("GET", path, { name: "fraud", alias: "champion" }, other)).status).toBe(404);
  }
});

test("of a metric on several datasets a run shows the latest value", async () => {
  const { experiment_id } = (await call("POST", "/experiments/create", { name: "datasets" })).body;
  const { run_id } = (await call("POST", "/runs/create", { experiment_id })).body.run.info;
  const point = (step: number, value: number, dataset_name?: string) => ({
    key: "loss",
    value,
    step,
    timestamp: 1,
    ...(dataset_name === undefined ? {} : { dataset_name, dataset_digest: "d" }),
  });
  for (const dataset of [{ name: "a" }, { name: "b" }]) {
    const datasets = [{ dataset: { ...dataset, digest: "d", source_type: "s", source: "{}" } }];
    await call("POST", "/runs/log-inputs", { run_id, datasets });
  }
  const metrics = [point(1, 1), point(3, 3, "a"), point(2, 2, "b"), { ...point(1, 9), key: "auc" }];
  await call("POST", "/runs/log-batch", { run_id, metrics });
  const { data } = (await call("GET", "/runs/get", { run_id })).body.run;
  expect(data.metrics.map(({ key, value }: { key: string; value: number }) => [key, value])).toEqual([
    ["auc", 9],
    ["loss", 3],
  ]);
});

test("a read is one statement, and a page of a search two, however much they answer", async () => {
  const name = "fraud";
  const reads: [string, string, object][] = [
    ["GET", "/registered-models/get", { name }],
    ["GET", "/registered-models/alias", { name, alias: "champion" }],
    ["GET", "/registered-models/get-latest-versions", { name }],
    ["GET", "/registered-models/search", {}],
    ["GET", "/model-versions/get", { name, version: "1" }],
    ["GET", "/model-versions/search", {}],
    ["GET", "/experiments/get", { experiment_id: experiments.mine }],
    ["GET", "/runs/get", { run_id: runs.mine }],
    ["POST", "/runs/search", { experiment_ids: [experiments.mine, experiments.theirs] }],
  ];
  const counts: [string, number][] = [];
  for (const [method, path, fields] of reads) {
    expect([path, (await call(method, path, fields)).status]).toEqual([path, 200]);
    counts.push([path, await countStatements(() => call(method, path, fields))]);
  }
  expect(counts).toEqual(reads.map(([, path]) => [path, path.endsWith("/search") ? 2 : 1]));
});
