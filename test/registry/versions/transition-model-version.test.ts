import { beforeEach, describe, expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();
let model: string;
let count = 0;

/** Creates a model with three READY versions and a pending one. */
beforeEach(async () => {
  model = `moves-${count++}`;
  for (let i = 0; i < 3; i++) {
    await commands.data(
      `mutation ($m: String!) { createModelVersion(input: {model: {name: $m}, createModel: true, source: "s3://b/x"}) { modelVersion { id } } }`,
      { m: model },
    );
  }
  await commands.data(
    `mutation ($m: String!) { createModelVersion(input: {model: {name: $m}, status: PENDING_REGISTRATION}) { modelVersion { id } } }`,
    { m: model },
  );
});

const TRANSITION = /* GraphQL */ `
  mutation ($input: TransitionModelVersionInput!) {
    transitionModelVersion(input: $input) {
      modelVersion { number stage }
      transition { from to reason revision actor { subject } modelVersion { number } }
      archived { number stage }
    }
  }
`;

const ref = (number: number) => ({ number: { model, number } });

async function move(number: number, to: string, more: object = {}) {
  const input = { version: ref(number), to, ...more };
  return (await commands.data(TRANSITION, { input })).transitionModelVersion;
}

async function refusal(number: number, to: string, more: object = {}) {
  const before = await events();
  const { data, errors } = await commands.request(TRANSITION, { input: { version: ref(number), to, ...more } });
  expect(data ?? null).toBeNull();
  expect(await events()).toEqual(before);
  return { message: errors?.[0]?.message, ...errors?.[0]?.extensions };
}

async function events() {
  const rows = await commands.server.database.prisma.event.findMany({
    where: { modelName: model },
    orderBy: { revision: "asc" },
  });
  return rows.map(({ type, versionNumber, fromStage, toStage }) =>
    [type, versionNumber, fromStage, toStage].filter(Boolean).join(" "),
  );
}

async function holders() {
  const { stages } = (
    await commands.data(`query ($m: String!) { model(name: $m) { stages { stage count current { number } } } }`, {
      m: model,
    })
  ).model;
  return Object.fromEntries(
    stages.map((s: { stage: string; count: number; current: { number: number } | null }) => [
      s.stage,
      [s.count, s.current?.number ?? null],
    ]),
  );
}

test("a move is recorded with its actor, its reason and its revision", async () => {
  const moved = await move(1, "STAGING", { reason: "nightly build" });
  expect({ ...moved, transition: { ...moved.transition, revision: 0 } }).toMatchInlineSnapshot(`
    {
      "archived": [],
      "modelVersion": {
        "number": 1,
        "stage": "STAGING",
      },
      "transition": {
        "actor": {
          "subject": "tester",
        },
        "from": "NONE",
        "modelVersion": {
          "number": 1,
        },
        "reason": "nightly build",
        "revision": 0,
        "to": "STAGING",
      },
    }
  `);
  expect(moved.transition.revision).toBe((await commands.data("{ head { revision } }")).head.revision);
});

test("archiveExisting moves the versions in the stage, after the new one, in one commit", async () => {
  await move(1, "PRODUCTION");
  await move(2, "PRODUCTION");
  const moved = await move(3, "PRODUCTION", { archiveExisting: true, expectedHolder: 2 });
  expect(moved.archived).toEqual([
    { number: 1, stage: "ARCHIVED" },
    { number: 2, stage: "ARCHIVED" },
  ]);
  expect((await events()).slice(-3)).toEqual([
    "model_version.stage_changed 3 NONE PRODUCTION",
    "model_version.stage_changed 1 PRODUCTION ARCHIVED",
    "model_version.stage_changed 2 PRODUCTION ARCHIVED",
  ]);
  const commits = await commands.server.database.prisma.event.findMany({
    where: { modelName: model },
    orderBy: { revision: "desc" },
    take: 3,
  });
  expect(new Set(commits.map(({ commitId }) => commitId)).size).toBe(1);
  expect(commits.map(({ commitIndex, commitSize }) => [commitIndex, commitSize])).toEqual([
    [2, 3],
    [1, 3],
    [0, 3],
  ]);
  expect(await holders()).toEqual({ NONE: [1, 4], STAGING: [0, null], PRODUCTION: [1, 3], ARCHIVED: [2, 2] });
});

test("a rollback moves straight back from ARCHIVED, and the current version is the one that entered last", async () => {
  await move(1, "PRODUCTION");
  await move(2, "PRODUCTION", { archiveExisting: true });
  await move(1, "PRODUCTION", { archiveExisting: true });
  expect(await holders()).toMatchObject({ PRODUCTION: [1, 1], ARCHIVED: [1, 2] });
  await move(2, "PRODUCTION");
  expect(await holders()).toMatchObject({ PRODUCTION: [2, 2] });
  await move(2, "STAGING");
  expect(await holders()).toMatchObject({ PRODUCTION: [1, 1], STAGING: [1, 2] });
});

describe("refusals write nothing", () => {
  test("a move from a stage to itself", async () => {
    expect(await refusal(1, "NONE")).toMatchObject({ code: "CONFLICT", stage: "NONE" });
  });

  test("a version that is not READY, to a serving stage", async () => {
    for (const stage of ["STAGING", "PRODUCTION"]) {
      expect(await refusal(4, stage)).toMatchObject({ code: "CONFLICT", status: "PENDING_REGISTRATION" });
    }
    await move(4, "ARCHIVED");
  });

  test("an expectation that does not hold, with the current state", async () => {
    await move(1, "PRODUCTION");
    expect(await refusal(2, "PRODUCTION", { expectedStage: "STAGING" })).toMatchObject({
      code: "CONFLICT",
      field: "input.expectedStage",
      stage: "NONE",
    });
    expect(await refusal(2, "PRODUCTION", { expectedHolder: null })).toMatchObject({
      code: "CONFLICT",
      field: "input.expectedHolder",
      holder: 1,
    });
    expect(await refusal(2, "STAGING", { expectedHolder: 1 })).toMatchObject({ code: "CONFLICT", holder: null });
    await move(2, "STAGING", { expectedStage: "NONE", expectedHolder: null });
  });

  test("archiveExisting with another stage, a long reason, an unknown version", async () => {
    expect(await refusal(1, "ARCHIVED", { archiveExisting: true })).toMatchObject({
      code: "INVALID_INPUT",
      field: "input.archiveExisting",
    });
    expect(await refusal(1, "STAGING", { reason: "x".repeat(5_001) })).toMatchObject({
      code: "INVALID_INPUT",
      field: "input.reason",
    });
    expect(await refusal(99, "STAGING")).toMatchObject({ code: "NOT_FOUND" });
  });

  test("the first refusal stops the document, and earlier mutations stay committed", async () => {
    const { data, errors } = await commands.request(
      `mutation ($a: ModelVersionRef!, $b: ModelVersionRef!) {
        one: transitionModelVersion(input: {version: $a, to: STAGING}) { modelVersion { stage } }
        two: transitionModelVersion(input: {version: $b, to: PRODUCTION}) { modelVersion { stage } }
        three: transitionModelVersion(input: {version: $a, to: PRODUCTION}) { modelVersion { stage } }
      }`,
      { a: ref(1), b: ref(4) },
    );
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.path).toEqual(["two"]);
    expect(await holders()).toMatchObject({ STAGING: [1, 1], PRODUCTION: [0, null] });
  });
});

describe("idempotency keys", () => {
  test("a retry returns the first answer and writes nothing, whatever has changed since", async () => {
    const key = { idempotencyKey: `promote-${model}`, archiveExisting: true };
    await move(1, "PRODUCTION");
    const first = await move(2, "PRODUCTION", key);
    await move(2, "ARCHIVED");
    const before = await events();
    const again = await move(2, "PRODUCTION", key);
    expect(again).toEqual({ ...first, modelVersion: { number: 2, stage: "ARCHIVED" } });
    expect(await events()).toEqual(before);
  });

  test("a name and an id of the same version are the same input; other input is a CONFLICT", async () => {
    const idempotencyKey = `same-${model}`;
    await move(1, "STAGING", { idempotencyKey });
    const { model: seen } = await commands.data(
      `query ($m: String!) { model(name: $m) { version(number: 1) { id } } }`,
      {
        m: model,
      },
    );
    const byId = await commands.data(TRANSITION, {
      input: { version: { id: seen.version.id }, to: "STAGING", idempotencyKey },
    });
    expect(byId.transitionModelVersion.transition.to).toBe("STAGING");
    expect(await refusal(1, "PRODUCTION", { idempotencyKey })).toMatchObject({
      code: "CONFLICT",
      field: "input.idempotencyKey",
    });
  });

  test("refusals are not stored, and each subject has its own keys", async () => {
    const idempotencyKey = `later-${model}`;
    expect(await refusal(1, "STAGING", { idempotencyKey, expectedHolder: 3 })).toMatchObject({ code: "CONFLICT" });
    await move(3, "STAGING");
    await move(1, "STAGING", { idempotencyKey, expectedHolder: 3 });
    const other = await commands.request(
      TRANSITION,
      { input: { version: ref(1), to: "STAGING", idempotencyKey, expectedHolder: 3 } },
      { subject: "someone-else" },
    );
    expect(other.errors?.[0]?.extensions.code).toBe("CONFLICT");
    expect(other.errors?.[0]?.message).toBe("Version 1 is in STAGING.");
  });

  test("a key is kept for 30 days", async () => {
    const idempotencyKey = `old-${model}`;
    await move(1, "STAGING", { idempotencyKey });
    await commands.server.database.pool.query(
      `UPDATE "IdempotencyKey" SET "createdAt" = now() - interval '31 days' WHERE "key" = $1`,
      [idempotencyKey],
    );
    expect(await refusal(1, "STAGING", { idempotencyKey })).toMatchObject({ code: "CONFLICT", stage: "STAGING" });
  });
});
