import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { recordStatements } from "../support/statements.js";
import { readStandings, STAGES } from "./replay.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const STEPS = [
  "create",
  "move",
  "archive",
  "alias",
  "unalias",
  "delete",
  "restore",
  "rename",
  "drop",
  "revive",
] as const;
type Step = { do: (typeof STEPS)[number]; version: number; stage: (typeof STAGES)[number]; alias: string };

const step = fc.record<Step>({
  do: fc.constantFrom(...STEPS),
  version: fc.integer({ min: 1, max: 4 }),
  stage: fc.constantFrom(...STAGES),
  alias: fc.constantFrom("champion", "challenger"),
});

/** Does what can be done; what is refused leaves no trace. */
async function take(id: string, { do: what, version, stage, alias }: Step, turn: number): Promise<void> {
  const { rows } = await server.database.pool.query<{ id: string }>(
    `SELECT "id" FROM "ModelVersion" WHERE "modelId" = $1 AND "number" = $2`,
    [Buffer.from(id, "base64url").toString().split(":")[1], version],
  );
  const versionId = Buffer.from(`ModelVersion:${rows[0]?.id}`).toString("base64url");
  const documents: Record<Step["do"], string> = {
    create: `createModelVersion(input: {model: {id: "${id}"}, source: "s3://b/x"}) { modelVersion { id } }`,
    move: `transitionModelVersion(input: {version: {id: "${versionId}"}, to: ${stage}}) { modelVersion { id } }`,
    archive: `transitionModelVersion(input: {version: {id: "${versionId}"}, to: PRODUCTION, archiveExisting: true}) { modelVersion { id } }`,
    alias: `setAlias(input: {model: {id: "${id}"}, alias: "${alias}", number: ${version}}) { alias { name } }`,
    unalias: `deleteAlias(input: {model: {id: "${id}"}, alias: "${alias}"}) { previous { id } }`,
    delete: `deleteModelVersion(input: {version: {id: "${versionId}"}, force: true}) { deletedId }`,
    restore: `restoreModelVersion(input: {id: "${versionId}"}) { modelVersion { id } }`,
    rename: `renameModel(input: {model: {id: "${id}"}, newName: "renamed-${turn}-${version}"}) { model { id } }`,
    drop: `deleteModel(input: {model: {id: "${id}"}, force: true}) { deletedId }`,
    revive: `restoreModel(input: {id: "${id}"}) { model { id } }`,
  };
  await server.request(`mutation { ${documents[what]} }`);
}

const PAST = `query ($id: ID!, $at: DateTime!) { node(id: $id) { ... on Model {
  NONE: stageHolder(stage: NONE, at: $at) { number } STAGING: stageHolder(stage: STAGING, at: $at) { number }
  PRODUCTION: stageHolder(stage: PRODUCTION, at: $at) { number } ARCHIVED: stageHolder(stage: ARCHIVED, at: $at) { number }
  champion: versionByAlias(alias: "champion", at: $at) { number } challenger: versionByAlias(alias: "challenger", at: $at) { number }
  stages(at: $at) { stage count current { number } } } } }`;

const PRESENT = PAST.replaceAll(", at: $at", "").replace("(at: $at)", "").replace(", $at: DateTime!", "");

test("for random histories the past equals a replay of the events, and the present the past of now", async () => {
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 30 }), async (steps) => {
      const { registerModel } = await server.data(
        `mutation { registerModel(input: {name: "random-${++turn}"}) { model { id } } }`,
      );
      const { id } = registerModel.model;
      for (let i = 0; i < 3; i++) await take(id, { do: "create", version: 1, stage: "NONE", alias: "" }, turn);
      for (const each of steps) await take(id, each, turn);
      await take(id, { do: "revive", version: 1, stage: "NONE", alias: "" }, turn);
      const standings = await readStandings(server.database.pool, Buffer.from(id, "base64url").toString().slice(6));
      for (const { at, expected } of standings) {
        const { node } = await server.data(PAST, { id, at });
        expect(node, `at ${at}`).toEqual(expected);
      }
      const { node } = await server.data(PRESENT, { id });
      expect(node).toEqual(standings.at(-1)?.expected);
    }),
    { numRuns: 3 },
  );
}, 60_000);

test("it holds across a rename, and shows who was deleted since", async () => {
  const at = async () => {
    const { rows } = await server.database.pool.query<{ at: Date }>(`SELECT "at" FROM "EventHead"`);
    return rows[0]?.at.toISOString() ?? "";
  };
  const { createModelVersion } = await server.data(
    `mutation { createModelVersion(input: {model: {name: "was"}, createModel: true, source: "s3://b/x", aliases: ["champion"]}) { modelVersion { id } } }`,
  );
  await server.data(`mutation { transitionModelVersion(input: {version: {id: "${createModelVersion.modelVersion.id}"}, to: PRODUCTION}) { modelVersion { id } }
    renameModel(input: {model: {name: "was"}, newName: "is"}) { model { id } } }`);
  const then = await at();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await server.data(
    `mutation { deleteModelVersion(input: {version: {id: "${createModelVersion.modelVersion.id}"}, force: true}) { deletedId } }`,
  );
  const ASK = `query ($at: DateTime!) { model(name: "is") {
    past: stageHolder(stage: PRODUCTION, at: $at) { number deletedAt viewerCanTransitionTo } champion: versionByAlias(alias: "champion", at: $at) { number }
    now: stageHolder(stage: PRODUCTION) { number } before: stageHolder(stage: PRODUCTION, at: "2020-01-01T00:00:00Z") { number }
    later: stages(at: "2999-01-01T00:00:00Z") { count } } }`;
  const { model } = await server.data(ASK, { at: then });
  expect(model).toEqual({
    past: { number: 1, deletedAt: expect.any(String), viewerCanTransitionTo: [] },
    champion: { number: 1 },
    now: null,
    before: null,
    later: [0, 0, 0, 0].map((count) => ({ count })),
  });
  expect((await server.data(ASK, { at: then }, { models: ["was"] })).model).toBeNull();
});

test("a page of models asks at most five statements of the past, whatever its size", async () => {
  const LIST = (first: number) =>
    `{ models(first: ${first}) { nodes { stageHolder(stage: NONE, at: "2999-01-01T00:00:00Z") { number } stages(at: "2999-01-01T00:00:00Z") { count current { number } } } } }`;
  for (let i = 0; i < 10; i++) {
    await server.data(
      `mutation { createModelVersion(input: {model: {name: "many-${i}"}, createModel: true, source: "s3://b/x"}) { modelVersion { id } } }`,
    );
  }
  const count = async (first: number) => {
    const { statements } = await recordStatements(() => server.data(LIST(first)));
    return statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text)).length;
  };
  // The page, its holders, its counts, and the versions of the two fields: one look-up if they are asked for at once.
  expect(await count(2)).toBeLessThanOrEqual(5);
  expect(await count(12)).toBeLessThanOrEqual(5);
});

test("the migration's stays of old events are those that the trigger writes", async () => {
  const { readFileSync } = await import("node:fs");
  const migration = readFileSync("prisma/migrations/20261123100000_tracking_and_lineage/migration.sql", "utf8");
  const client = await server.database.pool.connect();
  try {
    await client.query("BEGIN");
    for (const table of ["StageStay", "AliasStay", "ModelAbsence"]) {
      const kept = (await client.query(`SELECT * FROM "${table}" ORDER BY "revision"`)).rows;
      expect(kept.length).toBeGreaterThan(0);
      await client.query(`DELETE FROM "${table}"`);
      const fill = new RegExp(`INSERT INTO "${table}" \\([^;]*\\)\\nSELECT[^;]*;`).exec(migration)?.[0] ?? "";
      await client.query(fill);
      expect((await client.query(`SELECT * FROM "${table}" ORDER BY "revision"`)).rows).toEqual(kept);
    }
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});
