import type pg from "pg";

const BY = `"createdByIssuer", "createdBySubject", "createdByKind"`;
const AUTHOR = `'bench', 'bench', 'MACHINE'`;
/** Writers of the scenarios use these models, so that what is read stays as it is. */
export const WRITE_MODELS = 200;
export const RUNS = 16;

export interface RegistrySize {
  readonly models: number;
  readonly versionsEach: number;
}

/** Models m-0000001, … with versions, three tags on each version, two tags, two aliases and three stages in use. */
function fill({ models, versionsEach }: RegistrySize): string[] {
  return [
    `INSERT INTO "Model" ("id", "name", "liveName", "description", "createdAt", "updatedAt", "versionCounter", ${BY})
     SELECT md5(name)::uuid, name, name, 'Predicts what ' || name || ' is asked.', now(), now(), ${versionsEach}, ${AUTHOR}
     FROM (SELECT 'm-' || to_char(n, 'FM0000000') AS name FROM generate_series(1, ${models}) AS n) AS named`,
    // The triggers would take most of the time, one row after the other; the later statements do their work.
    `ALTER TABLE "ModelVersion" DISABLE TRIGGER USER`,
    `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "stageEntry", "status", "source", "createdAt", "updatedAt", ${BY})
     SELECT md5(m."name" || '/' || n)::uuid, m."id", n,
       (CASE n WHEN 1 THEN 'ARCHIVED' WHEN 2 THEN 'PRODUCTION' WHEN 3 THEN 'STAGING' ELSE 'NONE' END)::"Stage",
       now(), nextval('stage_entry_seq'), 'READY', 's3://bucket/' || m."name" || '/' || n, now(), now(), ${AUTHOR}
     FROM "Model" AS m, generate_series(1, m."versionCounter") AS n`,
    `ALTER TABLE "ModelVersion" ENABLE TRIGGER USER`,
    `ANALYZE "Model", "ModelVersion", "Shelf"`,
    `UPDATE "Model" SET "latestVersionId" = md5("name" || '/' || "versionCounter")::uuid`,
    `UPDATE "Shelf" AS s SET "count" = v.count, "currentId" = v.current, "since" = now()
     FROM (SELECT "modelId", "stage", count(*), (array_agg("id" ORDER BY "stageEntry" DESC))[1] AS current
       FROM "ModelVersion" GROUP BY 1, 2) AS v
     WHERE v."modelId" = s."modelId" AND v."stage" = s."stage"`,
    `INSERT INTO "Alias" ("modelId", "name", "versionId", "setAt", "setByIssuer", "setBySubject", "setByKind")
     SELECT "modelId", CASE "number" WHEN 2 THEN 'champion' ELSE 'challenger' END, "id", now(), ${AUTHOR}
     FROM "ModelVersion" WHERE "number" IN (2, 3)`,
    `INSERT INTO "ModelTag" ("modelId", "key", "value")
     SELECT "id", key, 'of ' || "name" FROM "Model", unnest(ARRAY['owner', 'team']) AS key`,
    `INSERT INTO "ModelVersionTag" ("versionId", "key", "value")
     SELECT "id", key, md5("id" || key) FROM "ModelVersion", unnest(ARRAY['accuracy', 'commit', 'dataset']) AS key`,
  ];
}

/** What is written to: models without versions, and runs. */
const TARGETS = [
  `INSERT INTO "Model" ("id", "name", "liveName", "createdAt", "updatedAt", ${BY})
   SELECT md5('w-' || n)::uuid, 'w-' || n, 'w-' || n, now(), now(), ${AUTHOR} FROM generate_series(0, ${WRITE_MODELS - 1}) AS n`,
  `INSERT INTO "Experiment" ("id", "name", "liveName", "createdAt", "updatedAt", ${BY})
   VALUES (md5('bench')::uuid, 'bench', 'bench', now(), now(), ${AUTHOR})`,
  `INSERT INTO "Run" ("id", "experimentId", "status", "startedAt", "createdAt", "updatedAt", ${BY})
   SELECT 'run-' || n, md5('bench')::uuid, 'RUNNING', now(), now(), now(), ${AUTHOR} FROM generate_series(0, ${RUNS - 1}) AS n`,
];

export async function fillRegistry(pool: pg.Pool, size: RegistrySize): Promise<void> {
  await pool.query(["BEGIN", ...fill(size), ...TARGETS, "COMMIT"].join(";\n"));
  await pool.query("VACUUM ANALYZE");
}

export const modelName = (n: number) => `m-${String(n).padStart(7, "0")}`;
