import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scope } from "../../src/domain/access/scopes.js";
import { MLFLOW_ROUTES } from "../../src/mlflow/mlflow-api.js";
import { revision } from "../security/authorization/fixture.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { type Call, mlflowClient } from "./mlflow-client.js";

let server: TestServer;
let call: Call;
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
});
afterAll(() => server?.stop());

interface Example {
  readonly fields: (name: string) => object;
  readonly scopes: readonly Scope[];
}

const one = (name: string) => ({ name, version: "1" });
const READ = ["models:read"] as const;
const WRITE = ["models:read", "models:write"] as const;

/** What each endpoint requires of a token, and a request that it then grants. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  "POST /registered-models/create": { fields: (name) => ({ name: `${name}-new` }), scopes: WRITE },
  "GET /registered-models/get": { fields: (name) => ({ name }), scopes: READ },
  "GET /registered-models/search": { fields: () => ({}), scopes: READ },
  "POST /registered-models/get-latest-versions": { fields: (name) => ({ name }), scopes: READ },
  "GET /registered-models/get-latest-versions": { fields: (name) => ({ name }), scopes: READ },
  "PATCH /registered-models/update": { fields: (name) => ({ name, description: "Mine." }), scopes: WRITE },
  "POST /registered-models/rename": { fields: (name) => ({ name, new_name: `${name}-mine` }), scopes: WRITE },
  "DELETE /registered-models/delete": {
    fields: (name) => ({ name }),
    scopes: ["models:delete", "aliases:write", "stages:production", "stages:archived"],
  },
  "POST /registered-models/set-tag": { fields: (name) => ({ name, key: "k", value: "v" }), scopes: ["models:write"] },
  "DELETE /registered-models/delete-tag": { fields: (name) => ({ name, key: "tier" }), scopes: ["models:write"] },
  "POST /registered-models/alias": { fields: (name) => ({ ...one(name), alias: "mine" }), scopes: ["aliases:write"] },
  "GET /registered-models/alias": { fields: (name) => ({ name, alias: "champion" }), scopes: READ },
  "DELETE /registered-models/alias": { fields: (name) => ({ name, alias: "champion" }), scopes: ["aliases:write"] },
  "POST /model-versions/create": { fields: (name) => ({ name, source: "s3://mine/2" }), scopes: WRITE },
  "GET /model-versions/get": { fields: one, scopes: READ },
  "GET /model-versions/get-download-uri": { fields: one, scopes: ["models:read", "artifacts:read"] },
  "GET /model-versions/search": {
    fields: () => ({ filter: "source_path = 's3://seeds/1'" }),
    scopes: ["models:read", "artifacts:read"],
  },
  "PATCH /model-versions/update": { fields: (name) => ({ ...one(name), description: "Mine." }), scopes: WRITE },
  "POST /model-versions/transition-stage": {
    fields: (name) => ({ ...one(name), stage: "Staging" }),
    scopes: ["models:read", "stages:staging", "stages:production"],
  },
  "DELETE /model-versions/delete": {
    fields: one,
    scopes: ["models:delete", "aliases:write", "stages:production", "stages:archived"],
  },
  "POST /model-versions/set-tag": {
    fields: (name) => ({ ...one(name), key: "k", value: "v" }),
    scopes: ["models:write"],
  },
  "DELETE /model-versions/delete-tag": { fields: (name) => ({ ...one(name), key: "tier" }), scopes: ["models:write"] },
};

/** A model with a version in production that has a tag and an alias. */
async function seed(name: string): Promise<void> {
  const tags = [{ key: "tier", value: "gold" }];
  await call("POST", "/registered-models/create", { name, tags });
  await call("POST", "/model-versions/create", { name, source: "s3://seeds/1", tags });
  await call("POST", "/registered-models/alias", { ...one(name), alias: "champion" });
  await call("POST", "/model-versions/transition-stage", { ...one(name), stage: "Production" });
}

test("every endpoint of the registry has an example", () => {
  const routes = MLFLOW_ROUTES.filter(({ path }) => /^\/(registered-models|model-versions)\//.test(path));
  expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(EXAMPLES).sort());
});

test.each(Object.entries(EXAMPLES))("%s requires each of its scopes", async (endpoint, { fields, scopes }) => {
  const [method = "", path = ""] = endpoint.split(" ");
  const name = `m${Object.keys(EXAMPLES).indexOf(endpoint)}`;
  await seed(name);
  const as = (held: readonly Scope[]) => ({ subject: "mallory", scopes: held });
  const before = await revision(server);
  for (const missing of scopes) {
    const held = scopes.filter((scope) => scope !== missing);
    const { status, body } = await call(method, path, fields(name), as(held.length > 0 ? held : ["runs:read"]));
    expect({ missing, status, code: body.error_code }).toEqual({ missing, status: 403, code: "PERMISSION_DENIED" });
  }
  expect(await revision(server), "nothing was written").toBe(before);
  const granted = await call(method, path, fields(name), as(scopes));
  expect({ status: granted.status, body: granted.body }).toMatchObject({ status: 200 });
});

test("a token sees and changes only the models that its claim covers, and hidden ones are missing ones", async () => {
  await seed("covered");
  await seed("hidden");
  const as = { subject: "narrow", models: ["covered*"] };
  const found = await call("GET", "/registered-models/search", { filter: "name IN ('covered', 'hidden')" }, as);
  expect(found.body.registered_models.map((model: { name: string }) => model.name)).toEqual(["covered"]);
  const versions = await call("GET", "/model-versions/search", { filter: "name LIKE '%idden'" }, as);
  expect(versions.body).toEqual({ model_versions: [] });
  for (const [endpoint, { fields }] of Object.entries(EXAMPLES)) {
    const [method = "", path = ""] = endpoint.split(" ");
    if (path.endsWith("/search")) continue;
    const { status, body } = await call(method, path, fields("hidden"), as);
    expect({ endpoint, status, message: body.message }).toEqual({
      endpoint,
      status: path.endsWith("/create") && path.startsWith("/registered") ? 403 : path.endsWith("/rename") ? 403 : 404,
      message: expect.any(String),
    });
    const absent = await call(method, path, fields("absent"), as);
    expect([absent.status, absent.body.message]).toEqual([status, body.message.replaceAll("hidden", "absent")]);
  }
});

test("a version's source is shown to its creator and to tokens with artifacts:read", async () => {
  await seed("private");
  const reader = await call("GET", "/model-versions/get", one("private"), {
    subject: "reader",
    scopes: ["models:read"],
  });
  expect(reader.body.model_version).not.toHaveProperty("source");
  const creator = await call("GET", "/model-versions/get", one("private"), { scopes: ["models:read"] });
  expect(creator.body.model_version.source).toBe("s3://seeds/1");
});
