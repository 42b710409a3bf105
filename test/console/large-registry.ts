import type { Database } from "../../src/store/connection/database.js";

const BY = `"createdByIssuer", "createdBySubject", "createdByKind"`;

/** 10 000 models, m-00001 to m-10000, without versions but the first, which has 5 000. */
const FILL = [
  `INSERT INTO "Model" ("id", "name", "liveName", "createdAt", "updatedAt", "versionCounter", ${BY})
   SELECT gen_random_uuid(), name, name, now(), now(), CASE n WHEN 1 THEN 5000 ELSE 0 END, 'i', 's', 'MACHINE'
   FROM (SELECT n, 'm-' || to_char(n, 'FM00000') AS name FROM generate_series(1, 10000) AS n) AS named`,
  // one row after the other, the triggers would take most of a minute; the later statements do their work
  `ALTER TABLE "ModelVersion" DISABLE TRIGGER USER`,
  `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "stageEntry", "status", "source",
     "createdAt", "updatedAt", ${BY})
   SELECT gen_random_uuid(), m."id", n, 'NONE'::"Stage", now(), nextval('stage_entry_seq'),
     'READY', 's3://b/' || n, now() + n * interval '1 ms', now() + n * interval '1 ms', 'i', 's', 'MACHINE'
   FROM "Model" AS m, generate_series(1, m."versionCounter") AS n`,
  `ALTER TABLE "ModelVersion" ENABLE TRIGGER USER`,
  `UPDATE "Model" AS m SET "latestVersionId" = v."id" FROM "ModelVersion" AS v
   WHERE v."modelId" = m."id" AND v."number" = m."versionCounter"`,
  `UPDATE "Shelf" AS s SET "count" = v.count, "currentId" = v.current, "since" = now()
   FROM (SELECT "modelId", "stage", count(*), (array_agg("id" ORDER BY "stageEntry" DESC))[1] AS current
     FROM "ModelVersion" GROUP BY 1, 2) AS v
   WHERE v."modelId" = s."modelId" AND v."stage" = s."stage"`,
];

export async function fillLargeRegistry({ prisma }: Pick<Database, "prisma">): Promise<void> {
  for (const statement of FILL) await prisma.$executeRawUnsafe(statement);
}
