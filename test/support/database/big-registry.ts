import type pg from "pg";

const BY = `"createdByIssuer", "createdBySubject", "createdByKind"`;

/** 1 000 models, m-0001 to m-1000, with 5 versions each; m-0001 has 20 000. */
const FILL = [
  `INSERT INTO "Model" ("id", "name", "liveName", "createdAt", "updatedAt", "versionCounter", ${BY})
   SELECT gen_random_uuid(), name, name, now(), now(), CASE n WHEN 1 THEN 20000 ELSE 5 END, 'i', 's', 'MACHINE'
   FROM (SELECT n, 'm-' || to_char(n, 'FM0000') AS name FROM generate_series(1, 1000) AS n) AS named`,
  // The triggers would take most of a minute, one row after the other; the later statements do their work.
  `ALTER TABLE "ModelVersion" DISABLE TRIGGER USER`,
  `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "stageEntry", "status", "source",
     "createdAt", "updatedAt", ${BY})
   SELECT gen_random_uuid(), m."id", n,
     (CASE n WHEN 2 THEN 'STAGING' WHEN 3 THEN 'PRODUCTION' ELSE 'NONE' END)::"Stage", now(), nextval('stage_entry_seq'),
     'READY', 's3://b/' || n, now() + n * interval '1 ms', now() + n * interval '1 ms', 'i', 's', 'MACHINE'
   FROM "Model" AS m, generate_series(1, m."versionCounter") AS n`,
  `ALTER TABLE "ModelVersion" ENABLE TRIGGER USER`,
  `UPDATE "Model" AS m SET "latestVersionId" = v."id" FROM "ModelVersion" AS v
   WHERE v."modelId" = m."id" AND v."number" = m."versionCounter"`,
  `UPDATE "Shelf" AS s SET "count" = v.count, "currentId" = v.current, "since" = now()
   FROM (SELECT "modelId", "stage", count(*), (array_agg("id" ORDER BY "stageEntry" DESC))[1] AS current
     FROM "ModelVersion" GROUP BY 1, 2) AS v
   WHERE v."modelId" = s."modelId" AND v."stage" = s."stage"`,
  `INSERT INTO "Alias" ("modelId", "name", "versionId", "setAt", "setByIssuer", "setBySubject", "setByKind")
   SELECT "modelId", CASE "number" WHEN 1 THEN 'challenger' ELSE 'champion' END, "id", now(), 'i', 's', 'MACHINE'
   FROM "ModelVersion" WHERE "number" <= 2`,
  `INSERT INTO "ModelTag" ("modelId", "key", "value") SELECT "id", 'team', 'risk' FROM "Model"`,
  `INSERT INTO "ModelVersionTag" ("versionId", "key", "value")
   SELECT "id", key, "number"::text FROM "ModelVersion", unnest(ARRAY['accuracy', 'loss']) AS key`,
];

export async function fillBigRegistry(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  await client.query(["BEGIN", ...FILL, "COMMIT"].join(";\n"));
  await client.query("VACUUM ANALYZE");
  client.release();
}
