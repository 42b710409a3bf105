import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { type Exchange, findDifference, readExchanges, replay } from "../golden.js";
import { INTENDED_OF_LOGGED_MODELS } from "../intended-differences.js";
import { mlflowClient } from "../mlflow-client.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const experiments = Array.from(
    { length: 9 },
    (_, i) => `e${i + 1}: createExperiment(input: {name: "e${i + 1}"}) { created }`,
  );
  const runs = RUNS.map(
    ([id, experiment]) =>
      `r${id}: createRun(input: {experiment: {name: "e${experiment}"}, runId: "${id}"}) { run { id } }`,
  );
  await server.data(
    `mutation { ${experiments.join(" ")} ${runs.join(" ")} registerModel(input: {name: "r2m"}) { created } }`,
  );
});
afterAll(() => server?.stop());

/** The runs of the recording, with the numbers of their experiments. */
const RUNS = [
  ["aa0d4cee131144289c76c37e7d6e3e4e", 5],
  ["6ac746ab427540fa966f0ab410383ef0", 9],
  ["8ebc4555f213468cb2961dac09e98a5c", 1],
  ["682fc6717da84bfcb647358d929b484f", 1],
] as const;

const measure = (run: string, model: string, dataset: string, values: readonly string[]) => {
  const [name, digest] = dataset.split("@");
  const on = `dataset: {identity: {name: "${name}", digest: "${digest}"}}`;
  const metrics = values.map((value) => {
    const [key, number, step, at] = value.split(" ");
    return `{key: "${key}", value: ${number}, step: ${step}, timestamp: "1970-01-01T00:00:00.${at}Z", loggedModel: "${model}", ${on}}`;
  });
  return `mutation {
    a: logInputs(input: {run: "${run}", datasets: [{dataset: {name: "${name}", digest: "${digest}"}}]}) { run { id } }
    b: logBatch(input: {run: "${run}", metrics: [${metrics.join(", ")}]}) { run { id } } }`;
};
const register = (model: string) =>
  `mutation { createModelVersion(input: {model: {name: "r2m"}, source: "models:/${model}", loggedModel: "${model}"}) { modelVersion { id } } }`;

/** What the recorded programs did before an exchange through endpoints that other recordings hold. */
const PREPARATION: Readonly<Record<string, (model: string) => string>> = {
  "lm get with metrics": (model) => measure(RUNS[0][0], model, "d@dg1", ["lmm 0.5 2 005"]),
  "lm after registration": register,
  "2 lm all metric points": (model) => measure(RUNS[1][0], model, "d@g", ["q 0 0 010", "q 1 1 011", "q 2 2 012"]),
  "2 lm failed": register,
  "sklearn_log_model_registered#3": (model) =>
    `mutation { logBatch(input: {run: "${RUNS[2][0]}", metrics: [{key: "acc", value: 0.91, loggedModel: "${model}"}]}) { run { id } } }`,
  logged_models_api: (model) =>
    `mutation { setTag(input: {on: {loggedModel: "${model}"}, key: "x", value: "y"}) { loggedModel { id } } }`,
};

test("each recorded exchange about logged models has the status, the code and the shape of MLflow's", async () => {
  const base = server.url.replace("/graphql", "/mlflow");
  const token = await server.token();
  const ours = new Map<string, string>();
  let newest = "";
  const translate = <T>(value: T): T => {
    const text = JSON.stringify(value);
    return text === undefined ? value : JSON.parse(text.replaceAll(/m-[0-9a-f]{32}/g, (id) => ours.get(id) ?? id));
  };
  const found = new Map<string, string>();
  const exchanges = readExchanges("logged-models/golden.jsonl");
  const create = (name: string) => mlflowClient(server.url)("POST", "/logged-models", { experiment_id: "1", name });
  for (const exchange of exchanges) {
    if (exchange.id === "logged_models_api") {
      newest = createdIn((await create("api")).body) ?? "";
      ours.set(NOT_RECORDED, newest);
    }
    const prepare = PREPARATION[exchange.id];
    if (prepare) await server.data(prepare(newest));
    const { path, req } = translate({ path: exchange.path, req: exchange.req });
    const answer = await replay(base, token, { ...exchange, path, ...(req ? { req } : {}) });
    const [theirs, mine] = [createdIn(exchange.body), createdIn(answer.body)];
    if (isCreation(exchange) && theirs && mine) {
      ours.set(theirs, mine);
      if (SUBJECTS.includes(exchange.id)) newest = mine;
    }
    const difference = findDifference(exchange, answer);
    if (difference !== null) found.set(exchange.id, difference);
  }
  expect([...found].filter(([id]) => !Object.hasOwn(INTENDED_OF_LOGGED_MODELS, id))).toEqual([]);
  expect(Object.keys(INTENDED_OF_LOGGED_MODELS).filter((id) => !found.has(id))).toEqual([]);
  expect({ equal: exchanges.length - found.size, intended: found.size }).toMatchInlineSnapshot(`
    {
      "equal": 50,
      "intended": 10,
    }
  `);
});

/** A logged model whose creation is not among the exchanges. */
const NOT_RECORDED = "m-2f65f5fba6014824871586be89a89119";
const SUBJECTS = ["lm create", "2 lm create", "sklearn_log_model_registered"];
const isCreation = ({ method, path }: Exchange) => method === "POST" && path.endsWith("/logged-models");
const createdIn = (body: unknown) => (body as { model?: { info: { model_id: string } } }).model?.info.model_id;

test("pages follow the answers of a program", async () => {
  const call = mlflowClient(server.url);
  for (const name of ["a", "b", "c"]) {
    await call("POST", "/logged-models", { experiment_id: "3", name });
  }
  const search = { experiment_ids: ["3"], max_results: 2, order_by: [{ field_name: "name", ascending: false }] };
  const first = await call("POST", "/logged-models/search", search);
  expect(namesOf(first.body)).toEqual(["c", "b"]);
  const second = await call("POST", "/logged-models/search", { ...search, page_token: first.body.next_page_token });
  expect(namesOf(second.body)).toEqual(["a"]);
  expect(second.body.next_page_token).toBeUndefined();
});

const namesOf = (body: { models: { info: { name: string } }[] }) => body.models.map(({ info }) => info.name);
