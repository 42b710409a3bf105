import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RegistryError } from "../../../src/domain/errors.js";
import { TEAM_SCHEMES } from "../../../src/domain/values/source-schemes.js";
import { type CommandContext, createCommandContext } from "../../../src/registry/command.js";
import { deleteModel } from "../../../src/registry/models/delete-model.js";
import { registerModel } from "../../../src/registry/models/register-model.js";
import { renameModel } from "../../../src/registry/models/rename-model.js";
import { restoreModel } from "../../../src/registry/models/restore-model.js";
import { createModelVersion } from "../../../src/registry/versions/create-model-version.js";
import { deleteAlias } from "../../../src/registry/versions/delete-alias.js";
import { deleteModelVersion } from "../../../src/registry/versions/delete-model-version.js";
import { restoreModelVersion } from "../../../src/registry/versions/restore-model-version.js";
import { setAlias } from "../../../src/registry/versions/set-alias.js";
import { transitionModelVersion } from "../../../src/registry/versions/transition-model-version.js";
import { readStates, STAGES, stateAt } from "../../support/database/replay.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { WRITER } from "../../support/writer.js";

let server: TestServer;
let context: CommandContext;
let clock: number;
beforeAll(async () => {
  server = await startTestServer();
  const { prisma } = server.database;
  clock = (await prisma.eventHead.findUniqueOrThrow({ where: { id: 1 } })).at.getTime();
  const services = { prisma, now: () => new Date(clock), newId: randomUUID, sourceSchemes: TEAM_SCHEMES };
  context = createCommandContext(services, WRITER, "time-travel");
});
afterAll(() => server.stop());

interface Step {
  readonly do: keyof typeof ACTS;
  readonly number: number;
  readonly to: (typeof STAGES)[number];
  readonly alias: string;
  /** How far the clock moves before the step: not at all, forward, or back, as on a server whose clock is behind. */
  readonly wait: number;
}

const ACTS = {
  create: (id: string) => createModelVersion(context, { model: { id }, source: "s3://b/x" }),
  move: async (id: string, { number, to }: Step) =>
    transitionModelVersion(context, { version: { id: await idOf(id, number) }, to }),
  replace: async (id: string, { number }: Step) =>
    transitionModelVersion(context, {
      version: { id: await idOf(id, number) },
      to: "PRODUCTION",
      archiveExisting: true,
    }),
  setAlias: (id: string, { alias, number }: Step) => setAlias(context, { model: { id }, alias, number }),
  deleteAlias: (id: string, { alias }: Step) => deleteAlias(context, { model: { id }, alias }),
  delete: async (id: string, { number }: Step) =>
    deleteModelVersion(context, { version: { id: await idOf(id, number) }, force: true }),
  restore: async (id: string, { number }: Step) => restoreModelVersion(context, { id: await idOf(id, number) }),
  rename: (id: string) => renameModel(context, { model: { id }, newName: randomUUID() }),
  deleteModel: (id: string) => deleteModel(context, { model: { id }, force: true }),
  restoreModel: (id: string) => restoreModel(context, { id }),
};

async function idOf(modelId: string, number: number): Promise<string> {
  const { modelVersion } = server.database.prisma;
  const version = await modelVersion.findUnique({ where: { modelId_number: { modelId, number } } });
  return version?.id ?? randomUUID();
}

const step = fc.record<Step>({
  do: fc.constantFrom(...(Object.keys(ACTS) as (keyof typeof ACTS)[]), "move", "move", "replace", "restoreModel"),
  number: fc.integer({ min: 1, max: 4 }),
  to: fc.constantFrom(...STAGES),
  alias: fc.constantFrom("champion", "challenger"),
  wait: fc.constantFrom(0, 0, 1, 20, -5),
});

/** Creates a model with three versions, applies the steps, and restores it. Steps that are refused have no effect. */
async function applySteps(steps: readonly Step[]): Promise<string> {
  const { id } = await registerModel(context, { name: randomUUID() });
  const create: Step = { do: "create", number: 1, to: "NONE", alias: "champion", wait: 1 };
  for (const each of [create, create, create, ...steps, { ...create, do: "restoreModel" } as const]) {
    clock += each.wait;
    await ACTS[each.do](id, each).catch((refusal: unknown) => {
      if (!(refusal instanceof RegistryError)) throw refusal;
    });
  }
  return id;
}

const HOLDERS = /* GraphQL */ `
  NONE: stageHolder(stage: NONE AT) { number }
  STAGING: stageHolder(stage: STAGING AT) { number }
  PRODUCTION: stageHolder(stage: PRODUCTION AT) { number }
  ARCHIVED: stageHolder(stage: ARCHIVED AT) { number }
  champion: versionByAlias(alias: "champion" AT) { number }
  challenger: versionByAlias(alias: "challenger" AT) { number }
`;
const PAST = `query ($id: ID!, $at: DateTime!) { node(id: $id) { ... on Model {
  ${HOLDERS.replaceAll(" AT", ", at: $at")} stages(at: $at) { stage count since current { number } } } } }`;
const PRESENT = `query ($id: ID!) { node(id: $id) { ... on Model {
  ${HOLDERS.replaceAll(" AT", "")} stages { stage count current { number } } } } }`;

const positions = fc.array(fc.double({ min: -0.1, max: 1.1, noNaN: true }), { minLength: 3, maxLength: 3 });

test("for random histories, time travel equals a replay of the events, and the present equals time travel to now", {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 30 }), positions, async (steps, between) => {
      const modelId = await applySteps(steps);
      const id = Buffer.from(`Model:${modelId}`).toString("base64url");
      const states = await readStates(server.database.pool, modelId);
      const [first, last] = [states[0]?.at ?? 0, states.at(-1)?.at ?? 0];
      const times = states.map(({ at }) => at);
      for (const position of between) times.push(Math.round(first + position * (last - first)));
      const answers = await Promise.all(
        [...new Set(times)].map(async (at) => ({ at, ...(await server.data(PAST, { id, at: new Date(at) })) })),
      );
      for (const { at, node } of answers) expect(node, `at ${at}`).toEqual(stateAt(states, at));
      const now = stateAt(states, last);
      const stages = now.stages.map(({ stage, count, current }) => ({ stage, count, current }));
      expect((await server.data(PRESENT, { id })).node).toEqual({ ...now, stages });
    }),
    { numRuns: 5 },
  );
});

test("the migration computes the same stays from old events as the trigger", async () => {
  const all = (Object.keys(ACTS) as Step["do"][]).flatMap((act) => [act, "create", "setAlias"] as const);
  await applySteps(
    all.map((act, i) => ({ do: act, number: (i % 3) + 1, to: "STAGING", alias: "champion", wait: i % 2 })),
  );
  const migration = readFileSync("prisma/migrations/20261123100000_tracking_and_lineage/migration.sql", "utf8");
  const client = await server.database.pool.connect();
  try {
    await client.query("BEGIN");
    for (const table of ["StageStay", "AliasStay", "ModelAbsence"]) {
      const read = async () => (await client.query(`SELECT * FROM "${table}" ORDER BY "revision"`)).rows;
      const kept = await read();
      expect(kept.filter(({ until }) => until !== null).length).toBeGreaterThan(0);
      await client.query(`DELETE FROM "${table}"`);
      await client.query(new RegExp(`INSERT INTO "${table}" \\([^;]*\\)\\nSELECT[^;]*;`).exec(migration)?.[0] ?? "");
      expect(await read()).toEqual(kept);
    }
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});
