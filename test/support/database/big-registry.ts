import type pg from "pg";

const BY = `"createdByIssuer", "createdBySubject", "createdByKind"`;

export interface RegistrySize {
  /** A power of ten: m-0001 to m-1000 for 1 000. */
  readonly models: number;
  readonly versionsOfFirst: number;
  readonly versionsOfOthers: number;
}

const BIG: RegistrySize = { models: 1_000, versionsOfFirst: 20_000, versionsOfOthers: 5 };

const fill = ({ models, versionsOfFirst, versionsOfOthers }: RegistrySize) => [
  `INSERT INTO "Model" ("id", "name", "liveName", "createdAt", "updatedAt", "versionCounter", ${BY})
   SELECT gen_random_uuid(), name, name, now(), now(), CASE n WHEN 1 THEN ${versionsOfFirst} ELSE ${versionsOfOthers} END, 'i', 's', 'MACHINE'
   FROM (SELECT n, 'm-' || lpad(n::text, ${String(models).length}, '0') AS name FROM generate_series(1, ${models}) AS n) AS named`,
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

/** Models, of which the first has many versions. Versions 1 to 3 have an alias or hold a stage. */
export async function fillBigRegistry(pool: pg.Pool, size = BIG): Promise<void> {
  const client = await pool.connect();
  await client.query(["BEGIN", ...fill(size), "COMMIT"].join(";\n"));
  await client.query("VACUUM ANALYZE");
  client.release();
}
