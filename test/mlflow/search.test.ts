import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { type Call, mlflowClient } from "./mlflow-client.js";

let server: TestServer;
let call: Call;
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
  for (const [name, team] of [
    ["Alpha", "risk"],
    ["alpine", "ads"],
    ["beta_1", "risk"],
    ["beta11", null],
  ] as const) {
    const tags = team === null ? [] : [{ key: "team", value: team }];
    await call("POST", "/registered-models/create", { name, tags });
  }
  const prompt = [{ key: "mlflow.prompt.is_prompt", value: "true" }];
  await call("POST", "/registered-models/create", { name: "greeting", tags: prompt });
  await call("POST", "/model-versions/create", { name: "greeting", source: "dummy-source", tags: prompt });
  for (let i = 1; i <= 4; i++) {
    const tags = [{ key: "a key.with/signs", value: i % 2 === 0 ? "even" : "it's odd" }];
    await call("POST", "/model-versions/create", { name: "Alpha", source: `s3://b/${i}`, run_id: `run-${i}`, tags });
  }
  await call("POST", "/model-versions/create", { name: "alpine", source: "s3://b/1" });
});
afterAll(() => server?.stop());

const models = async (filter: string, more: object = {}) => {
  const { status, body } = await call("GET", "/registered-models/search", { ...(filter ? { filter } : {}), ...more });
  return status === 200 ? body.registered_models.map(({ name }: { name: string }) => name) : body.message;
};
const versions = async (filter: string, more: object = {}) => {
  const { status, body } = await call("GET", "/model-versions/search", { ...(filter ? { filter } : {}), ...more });
  return status === 200
    ? body.model_versions.map(({ name, version }: { name: string; version: string }) => `${name}/${version}`)
    : body.message;
};

test.each([
  ["", ["Alpha", "alpine", "beta11", "beta_1"]],
  ["name = 'Alpha'", ["Alpha"]],
  ['name = "Alpha"', ["Alpha"]],
  ["attribute.name != 'Alpha'", ["alpine", "beta11", "beta_1"]],
  ["name LIKE 'al%'", ["alpine"]],
  ["name ilike 'AL%'", ["Alpha", "alpine"]],
  ["name LIKE 'beta_1'", ["beta11", "beta_1"]],
  ["name LIKE '%\\'", []],
  ["name IN ('Alpha', 'beta11', 'x')", ["Alpha", "beta11"]],
  ["name NOT IN ('Alpha')", ["alpine", "beta11", "beta_1"]],
  ["tags.team = 'risk'", ["Alpha", "beta_1"]],
  ["tag.`team` != 'risk'", ["alpine"]],
  ["tags.team LIKE 'r%' AND name ILIKE 'b%'", ["beta_1"]],
  ["tags.`mlflow.prompt.is_prompt` = 'true'", ["greeting"]],
  ["tag.`mlflow.prompt.is_prompt` != 'true' and name LIKE 'al%'", ["alpine"]],
])("models by %s", async (filter, names) => {
  expect(await models(filter)).toEqual(names);
});

test.each([
  ["", ["alpine/1", "Alpha/4", "Alpha/3", "Alpha/2", "Alpha/1"]],
  ["name = 'Alpha' AND version_number > 2", ["Alpha/4", "Alpha/3"]],
  ["version_number <= '1'", ["alpine/1", "Alpha/1"]],
  ["version_number = 99999999999", []],
  ["run_id = 'run-2'", ["Alpha/2"]],
  ["run_id IN ('run-1','run-3')", ["Alpha/3", "Alpha/1"]],
  ["run_id != 'run-1' AND name = 'Alpha'", ["Alpha/4", "Alpha/3", "Alpha/2"]],
  ["source_path = 's3://b/1'", ["alpine/1", "Alpha/1"]],
  ["source_path LIKE '%/3'", ["Alpha/3"]],
  ["tags.`a key.with/signs` = 'even'", ["Alpha/4", "Alpha/2"]],
  ['tags."a key.with/signs" = "it\'s odd"', ["Alpha/3", "Alpha/1"]],
  ["tags.`a key.with/signs` = 'it''s odd'", ["Alpha/3", "Alpha/1"]],
  ["tags.`mlflow.prompt.is_prompt` = 'true'", ["greeting/1"]],
])("versions by %s", async (filter, found) => {
  expect(await versions(filter)).toEqual(found);
});

test("orders", async () => {
  expect(await models("", { order_by: "name DESC" })).toEqual(["beta_1", "beta11", "alpine", "Alpha"]);
  expect((await models("", { order_by: ["last_updated_timestamp DESC", "name ASC"] }))[0]).toBe("alpine");
  const order = ["name desc", "version_number asc"];
  expect(await versions("", { order_by: order })).toEqual(["alpine/1", "Alpha/1", "Alpha/2", "Alpha/3", "Alpha/4"]);
  expect(await models("", { order_by: "foo" })).toContain("Invalid order by key 'foo'");
  expect(await models("", { order_by: ["name", "name"] })).toContain("duplicate fields");
});

test.each([
  ["/registered-models/search", "registered_models", { order_by: "last_updated_timestamp DESC" }],
  ["/model-versions/search", "model_versions", {}],
  ["/model-versions/search", "model_versions", { order_by: ["creation_timestamp", "name DESC"] }],
])("pages of %s join to the whole list", async (path, list, order) => {
  const whole = (await call("GET", path, order)).body[list];
  const paged = [];
  let token: string | undefined;
  do {
    const page = { ...order, max_results: 2, ...(token ? { page_token: token } : {}) };
    const { body } = await call("GET", path, page);
    paged.push(...body[list]);
    token = body.next_page_token;
  } while (token);
  expect(paged).toEqual(whole);
  expect(whole.length).toBeGreaterThan(3);
});

test("a page token belongs to its search", async () => {
  const { body } = await call("GET", "/model-versions/search", { max_results: 1 });
  const page_token = body.next_page_token;
  expect(await versions("", { page_token })).toHaveLength(4);
  expect(await versions("name = 'Alpha'", { page_token })).toContain("Invalid page token");
  expect(await versions("", { page_token: "zz" })).toContain("Invalid page token");
  const [owner] = JSON.parse(Buffer.from(page_token, "base64url").toString());
  for (const forged of [
    [owner, "a", "b"],
    [owner, 1, 1],
    [owner, "a\0", 1],
    [owner, "a", 1e300],
    [owner, "a", -1],
  ]) {
    const token = Buffer.from(JSON.stringify(forged)).toString("base64url");
    expect(await versions("", { page_token: token })).toContain("Invalid page token");
  }
});

test("the size of a page", async () => {
  expect(await versions("", { max_results: 0 })).toEqual([]);
  expect(await models("", { max_results: "2" })).toHaveLength(2);
  expect(await models("", { max_results: 1001 })).toContain("Invalid value");
  expect(await versions("", { max_results: -1 })).toContain("Invalid value");
  expect(await versions("", { max_results: "many" })).toContain("Invalid value");
});
