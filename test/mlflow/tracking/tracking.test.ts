import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { type Call, mlflowClient } from "../mlflow-client.js";

let server: TestServer;
let call: Call;
let experiment: string;
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
  experiment = (await call("POST", "/experiments/create", { name: "tracked" })).body.experiment_id;
});
afterAll(() => server?.stop());

const start = async (fields: object = {}) => {
  const { body } = await call("POST", "/runs/create", { experiment_id: experiment, ...fields });
  return body.run.info.run_id as string;
};
const run = async (run_id: string) => (await call("GET", "/runs/get", { run_id })).body.run;
const log = (path: string, run_id: string, fields: object) => call("POST", `/runs/${path}`, { run_id, ...fields });

test("a GraphQL subscriber receives what an MLflow client did to a run", async () => {
  const stream =
    server.watch(`subscription { registryEvents(where: { types: [RUN_CREATED, RUN_TAG_SET, RUN_FINISHED] }) {
    event { type }
  } }`);
  expect((await stream.next()).value.errors).toBeUndefined();
  const id = await start({ run_name: "watched" });
  await log("set-tag", id, { key: "a", value: "b" });
  await log("update", id, { status: "FINISHED", end_time: Date.now() });
  const types: string[] = [];
  while (types.length < 3) {
    const { event } = (await stream.next()).value.data.registryEvents;
    if (event) types.push(event.type);
  }
  expect(types).toEqual(["RUN_CREATED", "RUN_TAG_SET", "RUN_FINISHED"]);
  await stream.return?.();
});

test("experiment 0 is there for whoever asks, and the log stays whole", async () => {
  for (const [method, path, fields] of [
    ["GET", "/experiments/get", { experiment_id: "0" }],
    ["GET", "/experiments/get-by-name", { experiment_name: "Default" }],
  ] as const) {
    const { status, body } = await call(method, path, fields);
    expect([status, body.experiment.experiment_id, body.experiment.artifact_location]).toEqual([
      200,
      "0",
      "mlflow-artifacts:/0",
    ]);
  }
  const { body } = await call("POST", "/runs/create", { experiment_id: "0" });
  expect(body.run.info.artifact_uri).toBe(`mlflow-artifacts:/0/${body.run.info.run_id}/artifacts`);
  const { experiment: shown } = await server.data(`{ experiment(name: "Default") { number createdBy { subject } } }`);
  expect(shown).toEqual({ number: 0, createdBy: { subject: "tracking" } });
});

test("what MLflow takes of a run that is over is taken, and GraphQL keeps its rules", async () => {
  const id = await start({ start_time: 1_700_000_000_000 });
  await log("update", id, { status: "FINISHED", end_time: 5 });
  expect((await run(id)).info).toMatchObject({ status: "FINISHED", end_time: 5 });
  expect((await log("log-metric", id, { key: "late", value: 1, timestamp: 1 })).status).toBe(200);
  expect((await log("log-inputs", id, { datasets: [{ dataset: { name: "d", digest: "1" } }] })).status).toBe(200);
  const refused = await server.request(
    `mutation { logBatch(input: {run: "${id}", metrics: [{key: "k", value: 1}]}) { run { id } } }`,
  );
  expect(refused.errors?.[0]?.extensions.code).toBe("CONFLICT");
  const { body } = await log("update", id, { status: "RUNNING", end_time: 5 });
  expect([body.run_info.status, body.run_info.end_time]).toEqual(["RUNNING", undefined]);
});

test("a batch is logged whole or not at all", async () => {
  const id = await start();
  await log("log-parameter", id, { key: "p", value: "1" });
  const metrics = [{ key: "half", value: 1, timestamp: 1 }];
  const refused = await log("log-batch", id, { metrics, params: [{ key: "p", value: "2" }] });
  expect([refused.status, refused.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  expect(refused.body.message).toBe(
    `Changing param values is not allowed. Param with key='p' was already logged with value='1' for run ID='${id}'. Attempted logging new value '2'.`,
  );
  expect((await call("GET", "/metrics/get-history", { run_id: id, metric_key: "half" })).body).toEqual({});
  expect((await log("log-parameter", id, { key: "p", value: "1" })).status).toBe(200);
});

test("numbers that JSON has not are kept", async () => {
  const id = await start();
  for (const [key, value] of [
    ["nan", "NaN"],
    ["inf", "Infinity"],
    ["ninf", "-Infinity"],
    ["text", "1.5"],
    ["bool", true],
  ] as const) {
    expect((await log("log-metric", id, { key, value, timestamp: "17", step: "-3" })).status).toBe(200);
  }
  const { metrics } = (await run(id)).data;
  expect(Object.fromEntries(metrics.map(({ key, value }: { key: string; value: unknown }) => [key, value]))).toEqual({
    nan: "NaN",
    inf: "Infinity",
    ninf: "-Infinity",
    text: 1.5,
    bool: 1,
  });
  expect(metrics[0]).toMatchObject({ timestamp: 17, step: -3 });
});

test.each([
  ["a time in nanoseconds", { timestamp: 1_700_000_000_000_000_000 }],
  ["a step beyond what JSON holds", { step: "9223372036854775807" }],
  ["a broken step", { step: 1.5 }],
  ["a negative time", { timestamp: -1 }],
  ["a value that is none", { value: "abc" }],
  ["a key that is a path", { key: "../b" }],
  ["a long key", { key: "k".repeat(251) }],
  ["half a dataset", { dataset_name: "d" }],
])("%s is refused", async (_what, fields) => {
  const id = await start();
  const answer = await log("log-metric", id, { key: "k", value: 1, timestamp: 1, ...fields });
  expect([answer.status, answer.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
});

test("long values are cut as MLflow cuts them", async () => {
  const id = await start();
  await log("log-parameter", id, { key: "p", value: "😀".repeat(6_001) });
  await log("set-tag", id, { key: "t", value: "x".repeat(8_001) });
  const { params, tags } = (await run(id)).data;
  expect([...params[0].value]).toHaveLength(6_000);
  expect(tags.find(({ key }: { key: string }) => key === "t").value).toHaveLength(8_000);
});

test("the texts of a dataset are kept byte for byte, and its context is not lost", async () => {
  const id = await start();
  const dataset = {
    name: "train",
    digest: "ab12",
    source_type: "s3",
    source: '{"uri": "s3://b/x", "a":1}',
    schema: '{"b": 1, "a": 2}',
    profile: "none",
  };
  const tags = [
    { key: "split", value: "a" },
    { key: "mlflow.data.context", value: "training" },
  ];
  await log("log-inputs", id, { datasets: [{ dataset }] });
  await log("log-inputs", id, { datasets: [{ dataset, tags }] });
  expect((await run(id)).inputs.dataset_inputs).toEqual([{ dataset, tags }]);
  const shown = await server.data(`{ dataset(name: "train", digest: "ab12") { source schema profile } }`);
  expect(shown.dataset).toEqual({ source: "s3://b/x", schema: { b: 1, a: 2 }, profile: null });
  const signed = { ...dataset, digest: "s", source: '{"uri": "https://h/x?X-Amz-Signature=1"}' };
  expect((await log("log-inputs", id, { datasets: [{ dataset: signed }] })).status).toBe(400);
});

test("the parent, the code and the commit of a run are in GraphQL too", async () => {
  const parent = await start({ run_name: "parent" });
  const child = await start({
    user_id: "ada",
    tags: [
      { key: "mlflow.parentRunId", value: parent },
      { key: "mlflow.source.name", value: "train.py" },
      { key: "mlflow.source.git.commit", value: "0a1b2c3d" },
      { key: "mlflow.runName", value: "child" },
    ],
  });
  const { run: shown } = await server.data(`{ run(id: "${child}") { name user source gitCommit parent { runId } } }`);
  expect(shown).toEqual({
    name: "child",
    user: "ada",
    source: "train.py",
    gitCommit: "0a1b2c3d",
    parent: { runId: parent },
  });
  const odd = await start({
    tags: [
      { key: "mlflow.source.name", value: "x".repeat(3_000) },
      { key: "mlflow.source.git.commit", value: "main" },
    ],
  });
  expect((await server.data(`{ run(id: "${odd}") { source gitCommit } }`)).run).toEqual({
    source: null,
    gitCommit: null,
  });
  await log("set-tag", child, { key: "mlflow.runName", value: "renamed" });
  await log("log-batch", child, { tags: [{ key: "x", value: "1" }] });
  expect((await run(child)).info.run_name).toBe("renamed");
  expect((await run(await start())).info.run_name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
});

test("what is deleted may be deleted again, and restored again", async () => {
  const id = await start();
  for (const path of ["delete", "delete", "restore", "restore"]) expect((await log(path, id, {})).body).toEqual({});
  expect((await log("delete", "absent", {})).status).toBe(404);
});

test("a history is read in pages, in the order of its times", async () => {
  const id = await start();
  const metrics = Array.from({ length: 7 }, (_, i) => ({ key: "m", value: i, timestamp: 10 + (i % 3), step: i }));
  await log("log-batch", id, { metrics });
  const whole = (await call("GET", "/metrics/get-history", { run_id: id, metric_key: "m" })).body.metrics;
  expect(whole.map(({ timestamp, step }: { timestamp: number; step: number }) => [timestamp, step])).toEqual([
    [10, 0],
    [10, 3],
    [10, 6],
    [11, 1],
    [11, 4],
    [12, 2],
    [12, 5],
  ]);
  const paged = [];
  let token: string | undefined;
  do {
    const page = { run_id: id, metric_key: "m", max_results: 2, ...(token ? { page_token: token } : {}) };
    const { body } = await call("GET", "/metrics/get-history", page);
    paged.push(...body.metrics);
    token = body.next_page_token;
  } while (token);
  expect(paged).toEqual(whole);
});

test("a run keeps the models that clients before MLflow 3 logged, each once", async () => {
  const id = await start();
  const model = (name: string, at: string) => ({ run_id: id, artifact_path: name, utc_time_created: at, flavors: {} });
  const logModel = (text: string) => log("log-model", id, { model_json: text });
  const [first, second] = [model("a", "2026-01-01"), model("b", "2026-01-02")];
  for (const each of [first, second, second]) {
    expect(await logModel(JSON.stringify(each))).toMatchObject({ status: 200, body: {} });
  }
  const history = async () => {
    const { tags } = (await run(id)).data;
    return tags.find(({ key }: { key: string }) => key === "mlflow.log-model.history").value;
  };
  expect(JSON.parse(await history())).toEqual([first, second]);
  await Promise.all(["c", "d", "e"].map((name) => logModel(JSON.stringify(model(name, "2026-01-03")))));
  const all = JSON.parse(await history()).map(({ artifact_path }: { artifact_path: string }) => artifact_path);
  expect(all.slice(0, 2).concat(all.slice(2).sort())).toEqual(["a", "b", "c", "d", "e"]);

  const before = await history();
  const refused = [
    ["{", "Malformed model info. \n { \n is not a valid JSON."],
    ["[]", "Malformed model info. \n [] \n is not a valid JSON."],
    ['{"run_id":"r","flavors":{}}', "Model json is missing mandatory fields: {'artifact_path', 'utc_time_created'}"],
    [JSON.stringify({ ...first, signature: "x".repeat(9_000) }), expect.stringContaining("8000")],
  ] as const;
  for (const [text, message] of refused) {
    const { status, body } = await logModel(text);
    expect({ status, ...body }).toEqual({ status: 400, error_code: "INVALID_PARAMETER_VALUE", message });
  }
  expect(await history()).toBe(before);
  await log("set-tag", id, { key: "mlflow.log-model.history", value: "mine" });
  expect((await logModel(JSON.stringify(first))).status).toBe(400);
  expect(await history()).toBe("mine");
  expect((await call("POST", "/runs/log-model", { run_id: "absent", model_json: JSON.stringify(first) })).status).toBe(
    404,
  );
});
