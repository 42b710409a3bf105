import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { composeEvents, type EventDraft } from "../../../src/domain/events/event.js";
import { TEAM_SCHEMES } from "../../../src/domain/values/source-schemes.js";
import type { Stage } from "../../../src/domain/versions/stage.js";
import { setTag } from "../../../src/registry/across/set-tag.js";
import { createCommandContext } from "../../../src/registry/command.js";
import { applyPolicy } from "../../../src/registry/governance/apply-policy.js";
import { rollback } from "../../../src/registry/versions/rollback.js";
import { verifyLog } from "../../../src/store/audit/audit-verify.js";
import { createPrismaClient } from "../../../src/store/connection/prisma-client.js";
import { applyMigrations } from "../../../src/store/migrations/apply-migrations.js";
import { readMigrations } from "../../../src/store/migrations/migration-files.js";
import { openEmptyPool } from "../../support/database/database.js";
import { makeMigrationFolder } from "../../support/database/migration-folder.js";
import { WRITER } from "../../support/writer.js";

const OWN = ["20261130100000_authors", "20261130110000_governance"];
const MODEL = { id: randomUUID(), name: "fraud" };
const VERSIONS = [1, 2].map((number) => ({ id: randomUUID(), number }));
let database: Awaited<ReturnType<typeof openEmptyPool>>;

/** A database of the release before gates. */
beforeAll(async () => {
  database = await openEmptyPool();
  const earlier = (await readMigrations()).filter(({ name }) => name < (OWN[0] ?? ""));
  const files = makeMigrationFolder(Object.fromEntries(earlier.map(({ name, sql }) => [name, sql])));
  await applyMigrations(database.pool, files.folder);
  files.remove();
});
afterAll(() => database.close());

const BY = `"createdByIssuer", "createdBySubject", "createdByKind") VALUES ($1, $2`;

async function insertVersions(): Promise<void> {
  const by = `'https://issuer.test', 'writer', 'MACHINE'`;
  await database.pool.query(
    `INSERT INTO "Model" ("id", "name", "liveName", "createdAt", "updatedAt", ${BY}, $2, now(), now(), ${by})`,
    [MODEL.id, MODEL.name],
  );
  for (const { id, number } of VERSIONS) {
    await database.pool.query(
      `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "status", "source", "createdAt", "updatedAt", ${BY}, $3, 'NONE', now(), 'READY', 's3://b/x', now(), now(), ${by})`,
      [id, MODEL.id, number],
    );
    await append({
      id: randomUUID(),
      type: "model_version.created",
      model: MODEL,
      version: { id, number },
      after: { stage: "NONE" },
    });
    await database.pool.query(
      `INSERT INTO "ModelVersionTag" ("versionId", "key", "value") VALUES ($1, 'approved-by', 'risk')`,
      [id],
    );
  }
}

/** An event as releases before gates wrote it, without a decision. */
async function append(draft: EventDraft): Promise<void> {
  const { actor } = WRITER;
  const commit = { actor, tokenId: null, requestId: "old", at: new Date(), commitId: randomUUID() };
  await database.pool.query("SELECT * FROM append_events($1::jsonb)", [JSON.stringify(composeEvents([draft], commit))]);
}

async function move(number: number, fromStage: Stage, toStage: Stage): Promise<void> {
  const version = VERSIONS[number - 1] as (typeof VERSIONS)[number];
  await database.pool.query(`UPDATE "ModelVersion" SET "stage" = $2::"Stage" WHERE "id" = $1`, [version.id, toStage]);
  const change = { fromStage, toStage, before: { stage: fromStage }, after: { stage: toStage, reason: null } };
  await append({ id: randomUUID(), type: "model_version.stage_changed", model: MODEL, version, ...change });
}

const fault = async () => (await verifyLog(database.pool, { trust: null, kept: [] })).fault;

test("a database and its log of the release before gates migrate and verify, and gates know its history", async () => {
  await insertVersions();
  await move(1, "NONE", "PRODUCTION");
  await move(1, "PRODUCTION", "ARCHIVED");
  await move(2, "NONE", "PRODUCTION");
  expect(await applyMigrations(database.pool)).toEqual(expect.arrayContaining(OWN));
  expect(await fault()).toBeNull();
  const { rows } = await database.pool.query(
    `SELECT "stage", "exclusiveStage", (SELECT count(*)::int FROM "PromotionDecision") AS "decisions" FROM "ModelVersion" ORDER BY "number"`,
  );
  expect(rows).toEqual([
    { stage: "ARCHIVED", exclusiveStage: null, decisions: 0 },
    { stage: "PRODUCTION", exclusiveStage: null, decisions: 0 },
  ]);

  const prisma = createPrismaClient(database.pool, { prepared: false });
  const services = { prisma, now: () => new Date(), newId: randomUUID, sourceSchemes: TEAM_SCHEMES };
  const context = createCommandContext(services, WRITER, "new");
  const rules = [
    { tag: { key: "approved-by", evidenceFrom: { subjects: [WRITER.actor.subject] } } },
    { singleHolder: true },
    { previous: { stage: "ARCHIVED", onRollback: "ASK" } },
  ] as const;
  await applyPolicy(context, { name: "gate", target: { stages: ["PRODUCTION"] }, rules });
  const back = () => rollback(context, { model: { name: "fraud" }, target: { stage: "PRODUCTION" } });
  // nobody knows who set a tag before authors were kept
  await expect(back()).rejects.toMatchObject({ code: "POLICY_NOT_MET", details: { rules: [{ position: 1 }] } });
  const on = { modelVersion: { number: { model: "fraud", number: 1 } } };
  await setTag(context, { on, key: "approved-by", value: "risk officer" });
  expect(await back()).toMatchObject({ versionId: VERSIONS[0]?.id });
  const holders = await prisma.modelVersion.findMany({
    where: { exclusiveStage: "PRODUCTION" },
    select: { number: true },
  });
  expect(holders).toEqual([{ number: 1 }]);
  expect(await prisma.promotionDecision.count()).toBe(1);
  expect(await fault()).toBeNull();
  await prisma.$disconnect();
});
