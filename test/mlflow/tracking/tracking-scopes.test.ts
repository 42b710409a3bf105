import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { MLFLOW_ROUTES } from "../../../src/mlflow/mlflow-api.js";
import { revision } from "../../security/authorization/fixture.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { type Call, mlflowClient } from "../mlflow-client.js";

let server: TestServer;
let call: Call;
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
});
afterAll(() => server?.stop());

interface Seed {
  readonly name: string;
  readonly experiment_id: string;
  readonly run_id: string;
}

interface Example {
  readonly fields: (seed: Seed) => object;
  readonly scopes: readonly Scope[];
}

const READ = ["runs:read"] as const;
const WRITE = ["runs:write"] as const;
const BOTH = ["runs:read", "runs:write"] as const;

const experiment = ({ experiment_id }: Seed) => ({ experiment_id });
const run = ({ run_id }: Seed) => ({ run_id });

const modelOf = (seed: Seed) =>
  JSON.stringify({ ...run(seed), artifact_path: "model", flavors: {}, utc_time_created: "2026-01-01" });

/** What each endpoint requires of a token, and a request that it then grants. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  "POST /experiments/create": { fields: ({ name }) => ({ name: `${name}-new` }), scopes: WRITE },
  "GET /experiments/get": { fields: experiment, scopes: READ },
  "GET /experiments/get-by-name": { fields: ({ name }) => ({ experiment_name: name }), scopes: READ },
  "GET /experiments/search": { fields: () => ({ max_results: 5, view_type: "ALL" }), scopes: BOTH },
  "POST /experiments/search": { fields: () => ({ max_results: 5 }), scopes: READ },
  "POST /experiments/update": {
    fields: (seed) => ({ ...experiment(seed), new_name: `${seed.name}-mine` }),
    scopes: WRITE,
  },
  "POST /experiments/delete": { fields: experiment, scopes: WRITE },
  "POST /experiments/restore": { fields: experiment, scopes: WRITE },
  "POST /experiments/set-experiment-tag": {
    fields: (seed) => ({ ...experiment(seed), key: "k", value: "v" }),
    scopes: WRITE,
  },
  "POST /experiments/delete-experiment-tag": {
    fields: (seed) => ({ ...experiment(seed), key: "tier" }),
    scopes: WRITE,
  },
  "POST /runs/create": { fields: experiment, scopes: BOTH },
  "GET /runs/get": { fields: run, scopes: READ },
  "POST /runs/update": { fields: (seed) => ({ ...run(seed), status: "FINISHED" }), scopes: BOTH },
  "POST /runs/search": {
    fields: ({ experiment_id }) => ({
      experiment_ids: [experiment_id],
      run_view_type: "ALL",
      filter: "attributes.artifact_uri LIKE '%'",
    }),
    scopes: ["runs:read", "runs:write", "artifacts:read"],
  },
  "POST /runs/delete": { fields: run, scopes: WRITE },
  "POST /runs/restore": { fields: run, scopes: WRITE },
  "POST /runs/log-metric": { fields: (seed) => ({ ...run(seed), key: "k", value: 1, timestamp: 1 }), scopes: WRITE },
  "POST /runs/log-parameter": { fields: (seed) => ({ ...run(seed), key: "k", value: "1" }), scopes: WRITE },
  "POST /runs/log-batch": { fields: (seed) => ({ ...run(seed), tags: [{ key: "k", value: "v" }] }), scopes: WRITE },
  "POST /runs/log-model": {
    fields: (seed) => ({ ...run(seed), model_json: modelOf(seed) }),
    scopes: WRITE,
  },
  "POST /runs/set-tag": { fields: (seed) => ({ ...run(seed), key: "k", value: "v" }), scopes: WRITE },
  "POST /runs/delete-tag": { fields: (seed) => ({ ...run(seed), key: "tier" }), scopes: WRITE },
  "POST /runs/log-inputs": {
    fields: (seed) => ({ ...run(seed), datasets: [{ dataset: { name: seed.name, digest: "1" } }] }),
    scopes: WRITE,
  },
  "GET /metrics/get-history": { fields: (seed) => ({ ...run(seed), metric_key: "loss" }), scopes: READ },
  "GET /metrics/get-history-bulk-interval": {
    fields: ({ run_id }) => ({ run_ids: [run_id], metric_key: "loss" }),
    scopes: READ,
  },
};

async function seed(name: string): Promise<Seed> {
  const tags = [{ key: "tier", value: "gold" }];
  const { experiment_id } = (await call("POST", "/experiments/create", { name, tags })).body;
  const { body } = await call("POST", "/runs/create", { experiment_id, tags });
  const { run_id } = body.run.info;
  await call("POST", "/runs/log-metric", { run_id, key: "loss", value: 0.5, timestamp: 1 });
  return { name, experiment_id, run_id };
}

test("every endpoint of tracking has an example", () => {
  // what runs made is in logged-models/logged-models.test.ts
  const routes = MLFLOW_ROUTES.filter(({ path }) => /^\/(experiments|runs(?!\/outputs)|metrics)\//.test(path));
  expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(EXAMPLES).sort());
});

test.each(Object.entries(EXAMPLES))("%s requires each of its scopes", async (endpoint, { fields, scopes }) => {
  const [method = "", path = ""] = endpoint.split(" ");
  const seeded = await seed(`m${Object.keys(EXAMPLES).indexOf(endpoint)}`);
  if (path === "/experiments/restore") await call("POST", "/experiments/delete", experiment(seeded));
  const as = (held: readonly Scope[]) => ({ subject: "mallory", scopes: held });
  // experiment 0 comes into being at its first use
  await call("GET", "/experiments/get", { experiment_id: "0" });
  const before = await revision(server);
  for (const missing of scopes) {
    const held = scopes.filter((scope) => scope !== missing);
    const { status, body } = await call(method, path, fields(seeded), as(held.length > 0 ? held : ["models:read"]));
    expect({ missing, status, code: body.error_code }).toEqual({ missing, status: 403, code: "PERMISSION_DENIED" });
  }
  expect(await revision(server), "nothing was written").toBe(before);
  const granted = await call(method, path, fields(seeded), as(scopes));
  expect({ status: granted.status, body: granted.body }).toMatchObject({ status: 200 });
});

test("a token sees, counts and changes only the experiments that its claim covers, and hidden ones are missing ones", async () => {
  const covered = await seed("covered");
  const hidden = await seed("hidden");
  const absent = { name: "absent", experiment_id: "987654", run_id: "0".repeat(32) };
  const as = { subject: "narrow", experiments: ["covered*"] };
  const experiments = await call("POST", "/experiments/search", { max_results: 1, filter: "name LIKE '%d%'" }, as);
  expect(experiments.body.experiments.map(({ name }: { name: string }) => name)).toEqual(["covered"]);
  expect(experiments.body).not.toHaveProperty("next_page_token");
  const experiment_ids = [covered.experiment_id, hidden.experiment_id, "0"];
  const runs = await call("POST", "/runs/search", { experiment_ids, run_view_type: "ALL", max_results: 1 }, as);
  expect(runs.body.runs.map((each: { info: { run_id: string } }) => each.info.run_id)).toEqual([covered.run_id]);
  expect(runs.body).not.toHaveProperty("next_page_token");
  const charted = { run_ids: [covered.run_id, hidden.run_id], metric_key: "loss" };
  const points = (await call("GET", "/metrics/get-history-bulk-interval", charted, as)).body.metrics;
  expect(points.map(({ run_id }: { run_id: string }) => run_id)).toEqual([covered.run_id]);
  for (const [endpoint, { fields }] of Object.entries(EXAMPLES)) {
    const [method = "", path = ""] = endpoint.split(" ");
    if (/search|bulk|create$/.test(path) && path !== "/runs/create") continue;
    const [one, other] = [await call(method, path, fields(hidden), as), await call(method, path, fields(absent), as)];
    const withoutIds = ({ status, body }: typeof one, { name, experiment_id, run_id }: Seed) => ({
      endpoint,
      status,
      text: JSON.stringify(body)
        .replaceAll(run_id, "RUN")
        .replaceAll(`id=${experiment_id}`, "id=E")
        .replaceAll(`id ${experiment_id}`, "id E")
        .replaceAll(name, "NAME"),
    });
    expect(withoutIds(one, hidden)).toEqual(withoutIds(other, absent));
    expect([endpoint, path === "/metrics/get-history" ? 404 : one.status >= 403 ? 404 : one.status]).toEqual([
      endpoint,
      404,
    ]);
  }
  expect((await call("POST", "/experiments/create", { name: "hidden-too" }, as)).status).toBe(403);
});

test("a token without a scope of tracking does not bring experiment 0 into being", async () => {
  const empty = await startTestServer();
  const ask = mlflowClient(empty.url);
  const as = { subject: "mallory", scopes: ["models:read"] as const };
  const fields = {
    experiment_id: "0",
    new_name: "mine",
    key: "k",
    value: "v",
    max_results: 1,
    experiment_name: "Default",
  };
  for (const endpoint of Object.keys(EXAMPLES).filter((each) => /experiments|runs.create/.test(each))) {
    const [method = "", path = ""] = endpoint.split(" ");
    const { status } = await ask(method, path, path.endsWith("/create") ? { ...fields, name: "mine" } : fields, as);
    expect([endpoint, status]).toEqual([endpoint, 403]);
  }
  const before = await revision(empty);
  await ask("GET", "/experiments/get", { experiment_id: "0" });
  expect(await revision(empty)).toBe(before + 1);
  await empty.stop();
});

test("addresses of artifacts are shown to creators and to tokens with artifacts:read", async () => {
  const seeded = await seed("private");
  const reader = { subject: "reader", scopes: READ };
  const shown = async (as: object) => [
    (await call("GET", "/experiments/get", experiment(seeded), as)).body.experiment.artifact_location,
    (await call("GET", "/runs/get", run(seeded), as)).body.run.info.artifact_uri,
  ];
  const { experiment_id, run_id } = seeded;
  const addresses = [`mlflow-artifacts:/${experiment_id}`, `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts`];
  expect(await shown(reader)).toEqual([undefined, undefined]);
  expect(await shown({ ...reader, scopes: ["runs:read", "artifacts:read"] })).toEqual(addresses);
  expect(await shown({ scopes: READ })).toEqual(addresses);
  const filtered = { experiment_ids: [experiment_id], order_by: ["artifact_uri"] };
  expect((await call("POST", "/runs/search", filtered, reader)).status).toBe(403);
});
