import { afterAll, beforeAll, expect, test } from "vitest";
import { recordStatements } from "../../support/database/statements.js";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

const MODELS = Array.from({ length: 30 }, (_, i) => `m-${String(i).padStart(2, "0")}`);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (const name of MODELS) {
    await server.data(
      `mutation ($model: ModelRef!, $running: [RunningVersionInput!]!) {
        createModelVersion(input: {model: $model, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
        a: reportDeployment(input: {environment: "prod-eu", endpoint: "a", model: $model, running: $running, state: RUNNING, health: HEALTHY, follows: {stage: PRODUCTION}}) { applied }
        b: reportDeployment(input: {environment: "prod-us", endpoint: "b", model: $model, running: $running, state: FAILED, ttlSeconds: 3600}) { applied }
        c: reportDeployment(input: {environment: "staging", endpoint: "c", model: $model, running: [], state: STOPPED, follows: {stage: PRODUCTION}}) { applied }
      }`,
      { model: { name }, running: [{ version: { number: { model: name, number: 1 } } }] },
    );
  }
  await server.database.pool.query(
    `UPDATE "Deployment" SET "staleAt" = now() - interval '1 s' WHERE "endpoint" = 'b' AND "modelId" = (SELECT "id" FROM "Model" WHERE "name" = 'm-00')`,
  );
});
afterAll(() => server.stop());

const LIST = `query ($where: DeploymentFilter, $first: Int, $after: String) { deployments(where: $where, first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { environment endpoint model { name } } } }`;
const list = async (variables: object, as?: As) => (await server.data(LIST, { ...variables }, as)).deployments;
const count = async (where: object, as?: As) => (await list({ where }, as)).totalCount;

test("filters match alone, together, and under NOT", async () => {
  expect(await count({})).toBe(90);
  expect(await count({ environment: { startsWith: "prod-" } })).toBe(60);
  expect(await count({ endpoint: { in: ["a", "c"] }, model: { equals: "m-07" } })).toBe(2);
  expect(await count({ state: ["FAILED", "STOPPED"] })).toBe(60);
  expect(await count({ health: ["HEALTHY"] })).toBe(30);
  expect(await count({ state: [] })).toBe(0);
  expect(await count({ drifted: true })).toBe(30);
  expect(await count({ OR: [{ drifted: true }, { stale: true }], NOT: { model: { equals: "m-01" } } })).toBe(30);
  expect(await count({ stale: true })).toBe(1);
  expect(await count({ stale: false })).toBe(89);
  expect(await count({ NOT: { stale: true } })).toBe(89);
  expect(await count({ NOT: { stale: false } })).toBe(1);
});

test("a walk returns each deployment once, by environment and endpoint", async () => {
  const met: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { nodes, pageInfo } = await list({ first: 25, after });
    met.push(...nodes.map((n: { environment: string; model: { name: string } }) => `${n.environment} ${n.model.name}`));
    [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  expect(new Set(met).size).toBe(90);
  expect(met.map((each) => each.split(" ")[0])).toEqual(
    ["prod-eu", "prod-us", "staging"].flatMap((name) => Array(30).fill(name)),
  );
});

test("the claims narrow every list and total, and no query avoids them", async () => {
  const as: As = { environments: ["prod-*"], models: ["m-0*"] };
  expect(await count({}, as)).toBe(20);
  expect(await count({ NOT: { environment: { startsWith: "prod" } } }, as)).toBe(0);
  expect(await count({ OR: [{ environment: { equals: "staging" } }, { model: { equals: "m-29" } }] }, as)).toBe(0);
  const NESTED = `query ($name: String!) { model(name: $name) {
    deployments { totalCount nodes { environment } } all: deployments(where: {NOT: {drifted: true}}) { totalCount }
    version(number: 1) { deployments { totalCount nodes { environment } } } } }`;
  const nodes = [{ environment: "prod-eu" }, { environment: "prod-us" }];
  expect((await server.data(NESTED, { name: "m-03" }, as)).model).toEqual({
    deployments: { totalCount: 2, nodes },
    all: { totalCount: 1 },
    version: { deployments: { totalCount: 2, nodes } },
  });
  expect((await server.data(NESTED, { name: "m-03" }, { environments: [] })).model.deployments.totalCount).toBe(0);
  expect((await server.data(NESTED, { name: "m-29" }, as)).model).toBeNull();
});

test("a token that may only report learns whether its report was applied, and no more", async () => {
  const as: As = { scopes: ["deployments:write"] };
  const document = (fields: string) =>
    `mutation { reportDeployment(input: {environment: "prod-eu", endpoint: "mine", model: {name: "m-00"}, running: [], state: PENDING}) { ${fields} } }`;
  expect((await server.data(document("applied"), {}, as)).reportDeployment).toEqual({ applied: true });
  const refused = [
    await server.request(document("applied deployment { id }"), {}, as),
    await server.request(LIST, {}, as),
    await server.request(LIST, {}, { scopes: ["deployments:write", "runs:read"] }),
  ];
  for (const { errors } of refused) {
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["models:read"] });
  }
  const REMOVE = `mutation { removeDeployment(input: {environment: "prod-eu", endpoint: "mine", model: {name: "m-00"}}) { removedId } }`;
  expect((await server.data(REMOVE, {}, as)).removeDeployment.removedId).toEqual(expect.any(String));
});

const NESTED_PAGE = `query ($first: Int!, $where: DeploymentFilter) { models(first: $first) { nodes {
  deployments(first: 5, where: $where) { totalCount nodes { drifted stale desired { number } running { weight modelVersion { number } } history(first: 2) { totalCount nodes { revision running { number } } } } }
  version(number: 1) { deployments(first: 5, where: $where) { totalCount nodes { endpoint } } } } } }`;

test.each([{}, { stale: false }, { NOT: { stale: true } }])(
  "a page of models with their deployments costs the same at any size: %j",
  async (where) => {
    const cost = async (first: number) => {
      const { result, statements } = await recordStatements(() => server.data(NESTED_PAGE, { first, where }));
      expect(result.models.nodes).toHaveLength(first);
      // The tail of the event log reads at any time.
      return statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text)).length;
    };
    const small = await cost(2);
    expect(await cost(30)).toBe(small);
  },
);

test("a heartbeat does not change the target, so that no other deployment is recomputed", async () => {
  const beat = () =>
    server.data(
      `mutation { reportDeployment(input: {environment: "prod-eu", endpoint: "a", model: {name: "m-05"}, running: [{version: {number: {model: "m-05", number: 1}}}], state: RUNNING, health: HEALTHY, follows: {stage: PRODUCTION}}) { applied deployment { drifted } } }`,
    );
  const { result, statements } = await recordStatements(beat);
  expect(result.reportDeployment).toEqual({ applied: true, deployment: { drifted: true } });
  const updates = statements.filter(({ text }) => /^UPDATE .*"Deployment"/.test(text));
  expect(updates).toHaveLength(1);
  expect(updates[0]?.text).not.toContain('"followsStage" =');
});
