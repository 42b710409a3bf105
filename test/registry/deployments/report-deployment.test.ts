import { describe, expect, test } from "vitest";
import { running, useDeployments } from "./deployments.js";

const { commands, report } = useDeployments();

describe("reports", () => {
  test("a change is an event, a heartbeat is not, and an older report is not applied", async () => {
    const before = await commands.revision();
    const first = await report({ follows: { stage: "PRODUCTION" }, running: [running(1)], health: "HEALTHY" });
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
    expect(await commands.revision()).toBe(before + 1);
    const beat = await report({
      follows: { stage: "PRODUCTION" },
      running: [running(1)],
      health: "HEALTHY",
      message: "still",
    });
    expect(beat.deployment).toMatchObject({ id: first.deployment.id, message: "still", history: { totalCount: 1 } });
    expect(beat.deployment.lastReportedAt >= first.deployment.lastReportedAt).toBe(true);
    expect(await commands.revision()).toBe(before + 1);
    const old = await report({ running: [running(2)], observedAt: "2026-01-01T00:00:00Z" });
    expect(old).toMatchObject({ applied: false, deployment: { running: [{ number: 1 }], message: "still" } });
    expect(await commands.revision()).toBe(before + 1);
    await report({ follows: { stage: "PRODUCTION" }, running: [running(1)], health: "DEGRADED", message: "slow" });
    expect(await commands.revision()).toBe(before + 2);
  });

  test("drift depends on the stage, the alias, and the running versions", async () => {
    const drifted = async () =>
      (
        await commands.data(
          `{ deployments(where: {drifted: true}) { totalCount nodes { endpoint desired { number } } } }`,
        )
      ).deployments;
    expect(await drifted()).toEqual({ totalCount: 0, nodes: [] });
    await commands.mutate(
      `transitionModelVersion(input: {version: {number: {model: "m", number: 3}}, to: PRODUCTION, archiveExisting: true}) { modelVersion { id } }`,
    );
    expect(await drifted()).toEqual({ totalCount: 1, nodes: [{ endpoint: "scorer", desired: { number: 3 } }] });
    const canary = await report({
      follows: { stage: "PRODUCTION" },
      running: [running(3, 10), running(1, 90)],
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
      running: [running(3, 50), running(1, 50)],
      state: "DEPLOYING",
    });
    expect(shifted.deployment.running.map(({ since }: { since: string }) => since)).toEqual(
      canary.deployment.running.map(({ since }: { since: string }) => since),
    );
    expect((await report({ follows: { stage: "PRODUCTION" }, running: [running(3)] })).deployment.drifted).toBe(false);
    expect((await report({ follows: { alias: "champion" }, running: [running(3)] })).deployment).toMatchObject({
      drifted: true,
      desired: { number: 2 },
    });
    await commands.data(
      `mutation { setAlias(input: {model: {name: "m"}, alias: "champion", number: 3}) { alias { name } } }`,
    );
    expect(await drifted()).toMatchObject({ totalCount: 0 });
    await commands.data(
      `mutation { deleteAlias(input: {model: {name: "m"}, alias: "champion"}) { previous { number } } }`,
    );
    expect(await drifted()).toEqual({ totalCount: 1, nodes: [{ endpoint: "scorer", desired: null }] });
    expect((await report({ running: [running(3)] })).deployment).toMatchObject({
      drifted: false,
      follows: null,
      desired: null,
    });
  });

  test("a deployment is stale when its last report has expired", async () => {
    const fresh = await report({ endpoint: "batch", running: [running(3)], ttlSeconds: 3600 });
    expect(fresh.deployment.stale).toBe(false);
    const LIST = `{ deployments(where: {stale: true}) { nodes { endpoint stale } } }`;
    expect((await commands.data(LIST)).deployments.nodes).toEqual([]);
    await commands.server.database.pool.query(
      `UPDATE "Deployment" SET "staleAt" = now() - interval '1 s' WHERE "endpoint" = 'batch'`,
    );
    expect((await commands.data(LIST)).deployments.nodes).toEqual([{ endpoint: "batch", stale: true }]);
  });

  test("the history has each change, and the removal", async () => {
    const { deployments } =
      await commands.data(`{ deployments(where: {endpoint: {equals: "scorer"}}) { nodes { id history(last: 2) {
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
    const { removeDeployment } = await commands.data(REMOVE);
    expect((await commands.data(`{ node(id: "${removeDeployment.removedId}") { id } }`)).node).toBeNull();
    expect((await commands.request(REMOVE)).errors?.[0]?.extensions.code).toBe("NOT_FOUND");
    const { rows } = await commands.server.database.pool.query(
      `SELECT "state" FROM "DeploymentChange" ORDER BY "revision" DESC LIMIT 1`,
    );
    expect(rows).toEqual([{ state: null }]);
    expect((await report({ endpoint: "batch", running: [running(3)] })).deployment.id).not.toBe(
      removeDeployment.removedId,
    );
  });

  test("twenty concurrent reports leave one deployment", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => report({ endpoint: "busy", running: [running((i % 3) + 1)] })),
    );
    expect(answers.every(({ deployment }) => deployment)).toBe(true);
    const { deployments } = await commands.data(
      `{ deployments(where: {endpoint: {equals: "busy"}}) { totalCount nodes { running { number } } } }`,
    );
    expect(deployments.totalCount).toBe(1);
    expect(deployments.nodes[0].running).toHaveLength(1);
  });
});

test("the event has the target, before and after, and does not change the model", async () => {
  const updatedAt = async () => (await commands.data(`{ model(name: "m") { updatedAt } }`)).model.updatedAt;
  const before = await updatedAt();
  await report({ endpoint: "events", follows: { stage: "STAGING" }, running: [running(2, 5)], message: "up" });
  await report({ endpoint: "events", follows: { alias: "blue" }, running: [running(2, 5)], state: "FAILED" });
  const { rows } = await commands.server.database.pool.query(
    `SELECT "body" FROM "Event" ORDER BY "revision" DESC LIMIT 1`,
  );
  const event = JSON.parse(rows[0].body);
  const common = {
    endpoint: "events",
    health: "UNKNOWN",
    running: [{ versionId: expect.any(String), number: 2, weight: 5 }],
  };
  expect(event.before).toEqual({ ...common, follows: { stage: "STAGING" }, state: "RUNNING", message: "up" });
  expect(event.after).toEqual({ ...common, follows: { alias: "blue" }, state: "FAILED", message: null });
  expect(event.subject).toMatchObject({ type: "Deployment", environment: "prod-eu", modelName: "m" });
  expect(await updatedAt()).toBe(before);
});

describe("invalid input is refused with its field, and nothing is written", () => {
  test.each([
    ["input.environment", { environment: " " }],
    ["input.endpoint", { endpoint: "x".repeat(257) }],
    ["input.running[0].weight", { running: [running(1, -1)] }],
    ["input.running[0].weight", { running: [running(1, 1_000_001)] }],
    ["input.running[1].version", { running: [running(1), running(1)] }],
    ["input.running[0].version", { running: [running(1, 1, "n")] }],
    ["input.running", { running: Array.from({ length: 21 }, () => running(1)) }],
    ["input.follows.alias", { follows: { alias: "latest" } }],
    ["input.observedCursor", { observedCursor: "nonsense" }],
    ["input.observedAt", { observedAt: "1969-12-31T23:59:59Z" }],
    ["input.observedAt", { observedAt: "2999-01-01T00:00:00Z" }],
    ["input.ttlSeconds", { ttlSeconds: 0 }],
    ["input.message", { message: "x".repeat(5_001) }],
  ])("%s %#", async (field, input) => {
    const before = await commands.revision();
    expect((await report({ endpoint: "bad", ...input })).refusal).toMatchObject({ code: "INVALID_INPUT", field });
    expect(await commands.revision()).toBe(before);
    expect(await commands.server.database.prisma.deployment.count({ where: { endpoint: "bad" } })).toBe(0);
  });

  test("a cursor with other characters", async () => {
    const { cursor } = (await commands.data("{ head { cursor } }")).head;
    for (const junk of ["\n", "=", "!".repeat(1000), "\u0000"]) {
      const { refusal } = await report({ endpoint: "bad", observedCursor: `${cursor}${junk}` });
      expect(refusal).toMatchObject({ code: "INVALID_INPUT", field: "input.observedCursor" });
    }
    expect((await report({ endpoint: "events", observedCursor: cursor })).applied).toBe(true);
  });

  test("an unknown version, an unknown model", async () => {
    expect((await report({ running: [running(9)] })).refusal).toMatchObject({
      code: "NOT_FOUND",
      field: "input.running[0].version",
    });
    expect((await report({ model: { name: "nobody" } })).refusal.code).toBe("NOT_FOUND");
    expect(await report({ running: [running(9)], observedAt: "2026-01-01T00:00:00Z" })).toMatchObject({
      applied: false,
    });
  });
});
