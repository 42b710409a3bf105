import type pg from "pg";

export interface Promotions {
  readonly models: number;
  readonly promotions: number;
}

/**
 * A history of promotions of models with ten versions each, one every minute: each model in turn, in a stage or, every
 * tenth, under an alias. Every second is guarded, every 1000th overridden. The model `rare` has two promotions, and the alias
 * `rare-alias` one. The events are compacted.
 */
function fill({ models, promotions }: Promotions): string[] {
  const actor = `'i', 'ada', 'Ada', 'USER'`;
  const rules = `jsonb_build_array(jsonb_build_object('policy', 'p', 'revision', 1, 'mode', 'ENFORCE', 'position', 1, 'kind', 'metric',
    'requirement', 'The metric "auc" is at least 0.9.', 'status', 'PASSED', 'explanation', 'The metric "auc" is 0.95.',
    'evidence', jsonb_build_array(jsonb_build_object('kind', 'METRIC', 'summary', 'auc = 0.95', 'key', 'auc', 'value', 0.95, 'experimentName', 'e'))))`;
  return [
    `INSERT INTO "Model" ("id", "name", "liveName", "createdAt", "updatedAt", "versionCounter", "createdByIssuer", "createdBySubject", "createdByKind")
     SELECT md5('m-' || n)::uuid, name, name, now(), now(), 10, 'i', 's', 'MACHINE'
     FROM generate_series(0, ${models}) AS n, LATERAL (SELECT CASE n WHEN 0 THEN 'rare' ELSE 'm-' || n END AS name) AS named`,
    `ALTER TABLE "ModelVersion" DISABLE TRIGGER USER`,
    `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "stageEntry", "status", "source",
       "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind")
     SELECT md5(m."id" || '/' || n)::uuid, m."id", n, 'NONE', now(), 1, 'READY', 's3://b/x', now(), now(), 'i', 's', 'MACHINE'
     FROM "Model" AS m, generate_series(1, 10) AS n`,
    `ALTER TABLE "ModelVersion" ENABLE TRIGGER USER`,
    `CREATE TEMP TABLE "planned" AS
     SELECT n::bigint AS "revision", md5('m-' || model)::uuid AS "modelId", CASE model WHEN 0 THEN 'rare' ELSE 'm-' || model END AS "modelName",
       md5(md5('m-' || model)::uuid || '/' || (n / ${models} % 10 + 1))::uuid AS "versionId",
       (CASE WHEN n % 10 <> 0 THEN CASE n % 3 WHEN 0 THEN 'STAGING' ELSE 'PRODUCTION' END END)::"Stage" AS "stage",
       CASE WHEN n = ${promotions - 5} THEN 'rare-alias' WHEN n % 10 = 0 THEN 'champion' END AS "alias",
       n % 1000 = 501 AS "overridden", timestamptz '2024-01-01' + n * interval '1 minute' AS "at", sha256(n::text::bytea) AS "hash"
     FROM (SELECT n, CASE WHEN n IN (7, ${promotions - 7}) THEN 0 ELSE n % ${models} + 1 END AS model
       FROM generate_series(1, ${promotions}) AS n) AS numbers`,
    `UPDATE "planned" SET "stage" = NULL WHERE "alias" IS NOT NULL`,
    `INSERT INTO "Promotion" ("revision", "modelId", "modelName", "versionId", "stage", "alias", "heldBefore", "overridden", "at", "hash")
     SELECT "revision", "modelId", "modelName", "versionId", "stage", "alias", false, "overridden", "at", "hash" FROM "planned"`,
    `INSERT INTO "PromotedName" SELECT DISTINCT "modelId", "modelName" FROM "planned"`,
    `INSERT INTO "StageTransition" ("id", "modelId", "versionId", "from", "to", "reason", "at", "revision", "actorIssuer", "actorSubject", "actorName", "actorKind")
     SELECT md5("revision"::text)::uuid, "modelId", "versionId", 'NONE', "stage", 'Better', "at", "revision", ${actor}
     FROM "planned" WHERE "stage" IS NOT NULL`,
    `INSERT INTO "AliasTransition" ("id", "modelId", "alias", "toVersionId", "at", "revision", "actorIssuer", "actorSubject", "actorName", "actorKind")
     SELECT md5("revision"::text)::uuid, "modelId", "alias", "versionId", "at", "revision", ${actor} FROM "planned" WHERE "alias" IS NOT NULL`,
    `INSERT INTO "StageStay" ("revision", "modelId", "versionId", "stage", "since", "until")
     SELECT "revision", "modelId", "versionId", "stage", "at", "at" + interval '1 hour' FROM "planned" WHERE "stage" IS NOT NULL`,
    `INSERT INTO "AliasStay" ("revision", "modelId", "name", "versionId", "since", "until")
     SELECT "revision", "modelId", "alias", "versionId", "at", "at" + interval '1 hour' FROM "planned" WHERE "alias" IS NOT NULL`,
    `INSERT INTO "PromotionDecision" ("id", "modelId", "versionId", "stage", "alias", "isRollback", "overrideReason", "policies", "rules", "at",
       "revision", "actorIssuer", "actorSubject", "actorName", "actorKind")
     SELECT md5("revision"::text)::uuid, "modelId", "versionId", "stage", "alias", false, CASE WHEN "overridden" THEN 'Urgent' END,
       '[{"name": "p", "revision": 1, "mode": "ENFORCE"}]', ${rules}, "at", "revision", ${actor} FROM "planned" WHERE "revision" % 2 = 1`,
    `UPDATE "EventHead" SET "revision" = ${promotions}, "compactedRevision" = ${promotions}, "compactedHash" = "hash", "compactedAt" = now()`,
    `DROP TABLE "planned"`,
  ];
}

export async function fillPromotions(pool: pg.Pool, wanted: Promotions): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("SET statement_timeout = 0");
    await client.query(["BEGIN", ...fill(wanted), "COMMIT"].join(";\n"));
    await client.query("VACUUM ANALYZE");
  } finally {
    client.release(true);
  }
}
