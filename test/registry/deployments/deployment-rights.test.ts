import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { running, useDeployments } from "./deployments.js";

const { commands, report } = useDeployments();

test("a report requires deployments:write, a covered environment and a covered model", async () => {
  expect((await report({}, { scopes: ["models:read"] })).refusal).toMatchObject({
    requiredScopes: ["deployments:write"],
  });
  expect((await report({}, { environments: ["staging-*"] })).refusal.code).toBe("FORBIDDEN");
  expect((await report({}, { models: ["n"] })).refusal.code).toBe("NOT_FOUND");
  const remove = async (endpoint: string, as: As) => {
    const input = { environment: "prod-eu", endpoint, model: { name: "m" } };
    const document = `mutation ($input: RemoveDeploymentInput!) { removeDeployment(input: $input) { removedId } }`;
    return (await commands.request(document, { input }, as)).errors?.[0]?.extensions;
  };
  expect(await remove("scorer", { scopes: ["models:write"] })).toMatchObject({
    requiredScopes: ["deployments:write"],
  });
  for (const endpoint of ["scorer", "not there"]) {
    expect(await remove(endpoint, { environments: ["staging-*"] })).toMatchObject({ code: "FORBIDDEN" });
    expect(await remove(endpoint, { models: ["n"] })).toMatchObject({ code: "NOT_FOUND" });
  }
});

test("a deployment that the environments claim does not cover is not shown, counted or found anywhere", async () => {
  const { deployment } = await report({ endpoint: "scorer", running: [running(1)] });
  const as: As = { environments: ["staging-*"] };
  const data = await commands.data(
    `query ($id: ID!) { node(id: $id) { id } deployments { totalCount nodes { id } } drifted: deployments(where: {drifted: false}) { totalCount }
      model(name: "m") { deployments { totalCount nodes { id } } version(number: 1) { deployments { totalCount nodes { id } } downstream { totalCount } } }
      lineage(of: {modelVersion: {number: {model: "m", number: 1}}}, direction: DOWNSTREAM) { truncated nodes { name } edges { to } counts { count } } }`,
    { id: deployment.id },
    as,
  );
  expect(data).toEqual({
    node: null,
    deployments: { totalCount: 0, nodes: [] },
    drifted: { totalCount: 0 },
    model: {
      deployments: { totalCount: 0, nodes: [] },
      version: { deployments: { totalCount: 0, nodes: [] }, downstream: { totalCount: 0 } },
    },
    lineage: { truncated: false, nodes: [{ name: "m v1" }], edges: [], counts: [{ count: 1 }] },
  });
  const seen = await commands.data(
    `{ model(name: "m") { version(number: 1) { deployments { totalCount nodes { endpoint } } } } }`,
  );
  expect(seen.model.version.deployments).toEqual({ totalCount: 1, nodes: [{ endpoint: "scorer" }] });
  const { errors } = await commands.request(
    `mutation { deleteModelVersion(input: {version: {number: {model: "m", number: 1}}}) { deletedId } }`,
    {},
    as,
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: "IN_USE", dependents: [{ number: 1, stage: "PRODUCTION" }] });
});

test("a running version is in use", async () => {
  await report({ endpoint: "scorer", running: [running(2)] });
  const DELETE = `mutation ($force: Boolean) { deleteModelVersion(input: {version: {number: {model: "m", number: 2}}, force: $force}) { deletedId } }`;
  const { errors } = await commands.request(DELETE);
  expect(errors?.[0]?.extensions.dependents).toContainEqual({
    environment: "prod-eu",
    endpoint: "scorer",
    model: "m",
  });
  await commands.data(DELETE, { force: true });
  const { deployments } = await commands.data(
    `{ deployments(where: {endpoint: {equals: "scorer"}}) { nodes { running { number modelVersion { number } } } } }`,
  );
  expect(deployments.nodes[0].running).toEqual([{ number: 2, modelVersion: null }]);
});

test("a deployed model is in use, even if no version runs there", async () => {
  await report({ model: { name: "n" }, endpoint: "idle", running: [], state: "STOPPED" });
  const DELETE = `mutation ($force: Boolean) { deleteModel(input: {model: {name: "n"}, force: $force}) { deletedId } }`;
  const dependents = async (as?: As) => (await commands.request(DELETE, {}, as)).errors?.[0]?.extensions;
  const idle = { environment: "prod-eu", endpoint: "idle", model: "n" };
  expect(await dependents()).toMatchObject({ code: "IN_USE", dependents: [idle] });
  for (const as of [{ environments: ["staging-*"] }, { scopes: ["models:delete"] }] as const) {
    expect(await dependents(as)).toMatchObject({ code: "IN_USE", dependents: [] });
  }
  await commands.data(DELETE, { force: true });
  expect(await commands.server.database.prisma.deployment.count({ where: { endpoint: "idle", removedAt: null } })).toBe(
    1,
  );
  expect(
    (await commands.data(`{ deployments(where: {endpoint: {equals: "idle"}}) { totalCount } }`)).deployments,
  ).toEqual({ totalCount: 0 });
});
