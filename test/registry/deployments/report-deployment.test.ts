import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation {
    a: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
    b: createModelVersion(input: {model: {name: "m"}, source: "s3://b/2"}) { modelVersion { id } }
    c: createModelVersion(input: {model: {name: "m"}, source: "s3://b/3"}) { modelVersion { id } }
    n: createModelVersion(input: {model: {name: "n"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
    p: transitionModelVersion(input: {version: {number: {model: "m", number: 1}}, to: PRODUCTION}) { modelVersion { id } }
    s: setAlias(input: {model: {name: "m"}, alias: "champion", number: 2}) { alias { name } }
  }`);
});
afterAll(() => server.stop());

const v = (number: number, weight?: number, model = "m") => ({
  version: { number: { model, number } },
  ...(weight === undefined ? {} : { weight }),
});

const REPORT = `mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { applied deployment {
  id drifted stale state health message lastReportedAt ttlSeconds follows { stage alias } desired { number }
  running { number weight since modelVersion { number } } history { totalCount } } } }`;

const report = (input: object, as?: As) =>
  server
    .request(
      REPORT,
      {
        input: {
          environment: "prod-eu",
          endpoint: "scorer",
          model: { name: "m" },
          state: "RUNNING",
          running: [],
          ...input,
        },
      },
      as,
    )
    .then(
      ({ data, errors }) =>
        data?.reportDeployment ?? { refusal: errors?.[0]?.extensions, message: errors?.[0]?.message },
    );

const revision = async () => (await server.data("{ head { revision } }")).head.revision as number;
const move = (number: number, to: string, archiveExisting = false) =>
  server.data(
    `mutation ($input: TransitionModelVersionInput!) { transitionModelVersion(input: $input) { modelVersion { id } } }`,
    {
      input: { version: { number: { model: "m", number } }, to, archiveExisting },
    },
  );

describe("reports", () => {
  test("a change is an event, a heartbeat is not, and an older report is not applied", async () => {
    const before = await revision();
    const first = await report({ follows: { stage: "PRODUCTION" }, running: [v(1)], health: "HEALTHY" });
    expect(first).toMatchObject({
      applied: true,
      deployment: {
        drifted: false,
        stale: false,
        follows: { stage: "PRODUCTION", alias: null },
        desired: { number: 1 },
        running: [{ number: 1, weight: 1, modelVersion: { number: 1 } }],
        history: { totalCount: 1 },
      },
    });
    expect(await revision()).toBe(before + 1);
    const beat = await report({
      follows: { stage: "PRODUCTION" },
      running: [v(1)],
      health: "HEALTHY",
      message: "still",
    });
    expect(beat.deployment).toMatchObject({ id: first.deployment.id, message: "still", history: { totalCount: 1 } });
    expect(beat.deployment.lastReportedAt >= first.deployment.lastReportedAt).toBe(true);
    expect(await revision()).toBe(before + 1);
    const old = await report({ running: [v(2)], observedAt: "2026-01-01T00:00:00Z" });
    expect(old).toMatchObject({ applied: false, deployment: { running: [{ number: 1 }], message: "still" } });
    expect(await revision()).toBe(before + 1);
    await report({ follows: { stage: "PRODUCTION" }, running: [v(1)], health: "DEGRADED", message: "slow" });
    expect(await revision()).toBe(before + 2);
  });

  test("drift depends on the stage, the alias, and the running versions", async () => {
    const drifted = async () =>
      (
        await server.data(
          `{ deployments(where: {drifted: true}) { totalCount nodes { endpoint desired { number } } } }`,
        )
      ).deployments;
    expect(await drifted()).toEqual({ totalCount: 0, nodes: [] });
    await move(3, "PRODUCTION", true);
    expect(await drifted()).toEqual({ totalCount: 1, nodes: [{ endpoint: "scorer", desired: { number: 3 } }] });
    const canary = await report({
      follows: { stage: "PRODUCTION" },
      running: [v(3, 10), v(1, 90)],
      state: "DEPLOYING",
    });
    expect(canary.deployment).toMatchObject({
      drifted: true,
      running: [
        { number: 1, weight: 90 },
        { number: 3, weight: 10 },
      ],
    });
    const shifted = await report({
      follows: { stage: "PRODUCTION" },
      running: [v(3, 50), v(1, 50)],
      state: "DEPLOYING",
    });
    expect(shifted.deployment.running.map(({ since }: { since: string }) => since)).toEqual(
      canary.deployment.running.map(({ since }: { since: string }) => since),
    );
    expect((await report({ follows: { stage: "PRODUCTION" }, running: [v(3)] })).deployment.drifted).toBe(false);
    expect((await report({ follows: { alias: "champion" }, running: [v(3)] })).deployment).toMatchObject({
      drifted: true,
      desired: { number: 2 },
    });
    await server.data(
      `mutation { setAlias(input: {model: {name: "m"}, alias: "champion", number: 3}) { alias { name } } }`,
    );
    expect(await drifted()).toMatchObject({ totalCount: 0 });
    await server.data(
      `mutation { deleteAlias(input: {model: {name: "m"}, alias: "champion"}) { previous { number } } }`,
    );
    expect(await drifted()).toEqual({ totalCount: 1, nodes: [{ endpoint: "scorer", desired: null }] });
    expect((await report({ running: [v(3)] })).deployment).toMatchObject({
      drifted: false,
      follows: null,
      desired: null,
    });
  });

  test("a deployment is stale when its last report has expired", async () => {
    const fresh = await report({ endpoint: "batch", running: [v(3)], ttlSeconds: 3600 });
    expect(fresh.deployment.stale).toBe(false);
    const LIST = `{ deployments(where: {stale: true}) { nodes { endpoint stale } } }`;
    expect((await server.data(LIST)).deployments.nodes).toEqual([]);
    await server.database.pool.query(
      `UPDATE "Deployment" SET "staleAt" = now() - interval '1 s' WHERE "endpoint" = 'batch'`,
    );
    expect((await server.data(LIST)).deployments.nodes).toEqual([{ endpoint: "batch", stale: true }]);
  });

  test("the history has each change, and the removal", async () => {
    const { deployments } =
      await server.data(`{ deployments(where: {endpoint: {equals: "scorer"}}) { nodes { id history(last: 2) {
      nodes { state health message removed actor { subject } running { number weight } } } } } }`);
    expect(deployments.nodes[0].history.nodes).toEqual([
      {
        state: "RUNNING",
        health: "DEGRADED",
        message: "slow",
        removed: false,
        actor: { subject: "tester" },
        running: [{ number: 1, weight: 1 }],
      },
      {
        state: "RUNNING",
        health: "HEALTHY",
        message: null,
        removed: false,
        actor: { subject: "tester" },
        running: [{ number: 1, weight: 1 }],
      },
    ]);
    const REMOVE = `mutation { removeDeployment(input: {environment: "prod-eu", endpoint: "batch", model: {name: "m"}}) { removedId } }`;
    const { removeDeployment } = await server.data(REMOVE);
    expect((await server.data(`{ node(id: "${removeDeployment.removedId}") { id } }`)).node).toBeNull();
    expect((await server.request(REMOVE)).errors?.[0]?.extensions.code).toBe("NOT_FOUND");
    const { rows } = await server.database.pool.query(
      `SELECT "state" FROM "DeploymentChange" ORDER BY "revision" DESC LIMIT 1`,
    );
    expect(rows).toEqual([{ state: null }]);
    expect((await report({ endpoint: "batch", running: [v(3)] })).deployment.id).not.toBe(removeDeployment.removedId);
  });

  test("twenty concurrent reports leave one deployment", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => report({ endpoint: "busy", running: [v((i % 3) + 1)] })),
    );
    expect(answers.every(({ deployment }) => deployment)).toBe(true);
    const { deployments } = await server.data(
      `{ deployments(where: {endpoint: {equals: "busy"}}) { totalCount nodes { running { number } } } }`,
    );
    expect(deployments.totalCount).toBe(1);
    expect(deployments.nodes[0].running).toHaveLength(1);
  });
});

test("the event has the target, before and after, and does not change the model", async () => {
  const updatedAt = async () => (await server.data(`{ model(name: "m") { updatedAt } }`)).model.updatedAt;
  const before = await updatedAt();
  await report({ endpoint: "events", follows: { stage: "STAGING" }, running: [v(2, 5)], message: "up" });
  await report({ endpoint: "events", follows: { alias: "blue" }, running: [v(2, 5)], state: "FAILED" });
  const { rows } = await server.database.pool.query(`SELECT "body" FROM "Event" ORDER BY "revision" DESC LIMIT 1`);
  const event = JSON.parse(rows[0].body);
  const running = [{ versionId: expect.any(String), number: 2, weight: 5 }];
  const common = { endpoint: "events", health: "UNKNOWN", running };
  expect(event.before).toEqual({ ...common, follows: { stage: "STAGING" }, state: "RUNNING", message: "up" });
  expect(event.after).toEqual({ ...common, follows: { alias: "blue" }, state: "FAILED", message: null });
  expect(event.subject).toMatchObject({ type: "Deployment", environment: "prod-eu", modelName: "m" });
  expect(await updatedAt()).toBe(before);
});

describe("invalid input is refused with its field, and nothing is written", () => {
  test.each([
    ["input.environment", { environment: " " }],
    ["input.endpoint", { endpoint: "x".repeat(257) }],
    ["input.running[0].weight", { running: [v(1, -1)] }],
    ["input.running[0].weight", { running: [v(1, 1_000_001)] }],
    ["input.running[1].version", { running: [v(1), v(1)] }],
    ["input.running[0].version", { running: [v(1, 1, "n")] }],
    ["input.running", { running: Array.from({ length: 21 }, () => v(1)) }],
    ["input.follows.alias", { follows: { alias: "latest" } }],
    ["input.observedCursor", { observedCursor: "nonsense" }],
    ["input.observedAt", { observedAt: "1969-12-31T23:59:59Z" }],
    ["input.observedAt", { observedAt: "2999-01-01T00:00:00Z" }],
    ["input.ttlSeconds", { ttlSeconds: 0 }],
    ["input.message", { message: "x".repeat(5_001) }],
  ])("%s %#", async (field, input) => {
    const before = await revision();
    expect((await report({ endpoint: "bad", ...input })).refusal).toMatchObject({ code: "INVALID_INPUT", field });
    expect(await revision()).toBe(before);
    expect(await server.database.prisma.deployment.count({ where: { endpoint: "bad" } })).toBe(0);
  });

  test("a cursor with other characters", async () => {
    const { cursor } = (await server.data("{ head { cursor } }")).head;
    for (const junk of ["\n", "=", "!".repeat(1000), "\u0000"]) {
      const { refusal } = await report({ endpoint: "bad", observedCursor: `${cursor}${junk}` });
      expect(refusal).toMatchObject({ code: "INVALID_INPUT", field: "input.observedCursor" });
    }
    expect((await report({ endpoint: "events", observedCursor: cursor })).applied).toBe(true);
  });

  test("an unknown version, an unknown model", async () => {
    expect((await report({ running: [v(9)] })).refusal).toMatchObject({
      code: "NOT_FOUND",
      field: "input.running[0].version",
    });
    expect((await report({ model: { name: "nobody" } })).refusal.code).toBe("NOT_FOUND");
    expect(await report({ running: [v(9)], observedAt: "2026-01-01T00:00:00Z" })).toMatchObject({ applied: false });
  });
});

describe("rights", () => {
  test("a report requires deployments:write, a covered environment and a covered model", async () => {
    expect((await report({}, { scopes: ["models:read"] })).refusal).toMatchObject({
      requiredScopes: ["deployments:write"],
    });
    expect((await report({}, { environments: ["staging-*"] })).refusal.code).toBe("FORBIDDEN");
    expect((await report({}, { models: ["n"] })).refusal.code).toBe("NOT_FOUND");
    const remove = async (endpoint: string, as: As) => {
      const input = { environment: "prod-eu", endpoint, model: { name: "m" } };
      const document = `mutation ($input: RemoveDeploymentInput!) { removeDeployment(input: $input) { removedId } }`;
      return (await server.request(document, { input }, as)).errors?.[0]?.extensions;
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
    const { deployment } = await report({ endpoint: "scorer", running: [v(3)] });
    const as: As = { environments: ["staging-*"] };
    const data = await server.data(
      `query ($id: ID!) { node(id: $id) { id } deployments { totalCount nodes { id } } drifted: deployments(where: {drifted: false}) { totalCount }
        model(name: "m") { deployments { totalCount nodes { id } } version(number: 3) { deployments { totalCount nodes { id } } downstream { totalCount } } }
        lineage(of: {modelVersion: {number: {model: "m", number: 3}}}, direction: DOWNSTREAM) { truncated nodes { name } edges { to } counts { count } } }`,
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
      lineage: { truncated: false, nodes: [{ name: "m v3" }], edges: [], counts: [{ count: 1 }] },
    });
    const seen = await server.data(
      `{ model(name: "m") { version(number: 3) { deployments { totalCount nodes { endpoint } } } } }`,
    );
    expect(seen.model.version.deployments.totalCount).toBeGreaterThan(1);
    const { errors } = await server.request(
      `mutation { deleteModelVersion(input: {version: {number: {model: "m", number: 3}}}) { deletedId } }`,
      {},
      as,
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: "IN_USE", dependents: [{ number: 3, stage: "PRODUCTION" }] });
  });

  test("a running version is in use", async () => {
    await report({ endpoint: "scorer", running: [v(2)] });
    const DELETE = `mutation ($force: Boolean) { deleteModelVersion(input: {version: {number: {model: "m", number: 2}}, force: $force}) { deletedId } }`;
    const { errors } = await server.request(DELETE);
    expect(errors?.[0]?.extensions.dependents).toContainEqual({
      environment: "prod-eu",
      endpoint: "scorer",
      model: "m",
    });
    await server.data(DELETE, { force: true });
    const { deployments } = await server.data(
      `{ deployments(where: {endpoint: {equals: "scorer"}}) { nodes { running { number modelVersion { number } } } } }`,
    );
    expect(deployments.nodes[0].running).toEqual([{ number: 2, modelVersion: null }]);
  });

  test("a deployed model is in use, even if no version runs there", async () => {
    await report({ model: { name: "n" }, endpoint: "idle", running: [], state: "STOPPED" });
    const DELETE = `mutation ($force: Boolean) { deleteModel(input: {model: {name: "n"}, force: $force}) { deletedId } }`;
    const dependents = async (as?: As) => (await server.request(DELETE, {}, as)).errors?.[0]?.extensions;
    const idle = { environment: "prod-eu", endpoint: "idle", model: "n" };
    expect(await dependents()).toMatchObject({ code: "IN_USE", dependents: [idle] });
    for (const as of [{ environments: ["staging-*"] }, { scopes: ["models:delete"] }] as const) {
      expect(await dependents(as)).toMatchObject({ code: "IN_USE", dependents: [] });
    }
    await server.data(DELETE, { force: true });
    expect(await server.database.prisma.deployment.count({ where: { endpoint: "idle", removedAt: null } })).toBe(1);
    expect(
      (await server.data(`{ deployments(where: {endpoint: {equals: "idle"}}) { totalCount } }`)).deployments,
    ).toEqual({ totalCount: 0 });
  });
});
