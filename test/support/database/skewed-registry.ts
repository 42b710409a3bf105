import type pg from "pg";

export interface Skew {
  readonly models: number;
  readonly versions: number;
}

/**
 * Versions with values that most of them have beside values that few have. The model m-1 has a tenth of the versions. Times
 * are in no relation to anything else.
 */
function fill({ models, versions }: Skew): string[] {
  const big = Math.round(versions / 10);
  const others = Math.floor((versions - big) / (models - 1));
  const rare = (every: number) => `n % ${every} = 7 AND m."name" = 'm-1'`;
  const moment = (salt: string) =>
    `timestamptz '2026-11-30' - ('x' || substr(md5('${salt}' || m."name" || n), 1, 7))::bit(28)::int * interval '0.1 s'`;
  return [
    `INSERT INTO "Model" ("id", "name", "liveName", "createdAt", "updatedAt", "versionCounter", "createdByIssuer", "createdBySubject", "createdByKind")
     SELECT md5('m-' || n)::uuid, 'm-' || n, 'm-' || n, now(), now(), CASE n WHEN 1 THEN ${big} ELSE ${others} END, 'i', 's', 'MACHINE'
     FROM generate_series(1, ${models}) AS n`,
    // The triggers would take longer than all the rest, one row after the other; the later statements do their work.
    `ALTER TABLE "ModelVersion" DISABLE TRIGGER USER`,
    `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "stageEntry", "status", "source",
       "createdAt", "updatedAt", "deletedAt", "createdByIssuer", "createdBySubject", "createdByKind")
     SELECT md5(m."name" || '/' || n)::uuid, m."id", n,
       (CASE WHEN n = 1 THEN 'PRODUCTION' WHEN n = 2 THEN 'STAGING' WHEN n % 10 = 3 THEN 'ARCHIVED' ELSE 'NONE' END)::"Stage",
       now(), nextval('stage_entry_seq'),
       (CASE WHEN ${rare(100)} THEN 'FAILED_REGISTRATION' ELSE 'READY' END)::"ModelVersionStatus", 's3://b/' || m."name" || '/' || n,
       ${moment("created")}, ${moment("updated")}, CASE WHEN ${rare(250)} THEN now() END,
       'i', CASE WHEN ${rare(200)} THEN 'few' ELSE 's' END, 'MACHINE'
     FROM "Model" AS m, generate_series(1, m."versionCounter") AS n`,
    `ALTER TABLE "ModelVersion" ENABLE TRIGGER USER`,
    // without statistics, the joins below take a loop in a loop
    `ANALYZE "Model", "ModelVersion", "Shelf"`,
    `UPDATE "Model" SET "latestVersionId" = md5("name" || '/' || "versionCounter")::uuid`,
    `UPDATE "Shelf" AS s SET "count" = v.count, "currentId" = v.current, "since" = now()
     FROM (SELECT "modelId", "stage", count(*), (array_agg("id" ORDER BY "stageEntry" DESC))[1] AS current
       FROM "ModelVersion" WHERE "deletedAt" IS NULL GROUP BY 1, 2) AS v
     WHERE v."modelId" = s."modelId" AND v."stage" = s."stage"`,
    `INSERT INTO "Alias" ("modelId", "name", "versionId", "setAt", "setByIssuer", "setBySubject", "setByKind")
     SELECT "modelId", CASE "number" WHEN 1 THEN 'champion' ELSE 'shadow' END, "id", now(), 'i', 's', 'MACHINE'
     FROM "ModelVersion" WHERE "number" = 1 OR ("number" = 2 AND "modelId" = md5('m-1')::uuid)`,
    `INSERT INTO "ModelTag" ("modelId", "key", "value")
     SELECT "id", 'team', CASE WHEN "name" LIKE '%77' THEN 'few' ELSE 'most' END FROM "Model"`,
    // a fifth has the tag that is asked for, and its value occurs under another key too
    `INSERT INTO "ModelVersionTag" ("versionId", "key", "value")
     SELECT "id", 'env', CASE WHEN "number" % 300 = 9 AND "modelId" = md5('m-1')::uuid THEN 'canary' WHEN "number" % 5 = 0 THEN 'prod' ELSE 'dev' END
     FROM "ModelVersion"
     UNION ALL SELECT "id", 'commit', md5("id"::text) FROM "ModelVersion"
     UNION ALL SELECT "id", 'ring', CASE "number" % 3 WHEN 0 THEN 'prod' ELSE 'inner' END FROM "ModelVersion" WHERE "number" % 4 = 0`,
  ];
}

export async function fillSkewedRegistry(pool: pg.Pool, skew: Skew): Promise<void> {
  const client = await pool.connect();
  await client.query("SET statement_timeout = 0");
  await client.query(["BEGIN", ...fill(skew), "COMMIT"].join(";\n"));
  await client.query("VACUUM ANALYZE");
  client.release(true);
}
