-- The directory of this server's artifacts that a version is made of, if its digest was computed from the files there. They
-- cannot be changed while the version is READY.

CREATE TABLE "VersionDirectory" (
    "versionId" UUID NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "version_directory_pkey" PRIMARY KEY ("versionId"),
    CONSTRAINT "version_directory_version_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION,
    CONSTRAINT "version_directory_path_check" CHECK (octet_length("path") BETWEEN 1 AND 2000)
);

CREATE INDEX "version_directory_path_idx" ON "VersionDirectory"("path");

-- Versions that were registered before. A source whose path is percent-encoded, or that has more slashes than it needs, is left.
INSERT INTO "VersionDirectory" ("versionId", "path")
SELECT found."id", found."path" FROM (
  SELECT v."id", regexp_replace(v."source", '^mlflow-artifacts:/+([^/].*?)/*$', '\1') AS "path"
  FROM "ModelVersion" AS v
  WHERE v."digest" IS NOT NULL AND v."source" ~ '^mlflow-artifacts:/+[^/]'
  UNION ALL
  SELECT v."id", x."number" || '/' || r."id" || '/artifacts/' || regexp_replace(v."source", '^runs:/+[^/]+/(.+?)/*$', '\1')
  FROM "ModelVersion" AS v
  JOIN "Run" AS r ON r."id" = substring(v."source" FROM '^runs:/+([^/]+)/.')
  JOIN "Experiment" AS x ON x."id" = r."experimentId"
  WHERE v."digest" IS NOT NULL AND v."source" ~ '^runs:/+[^/]+/[^/]'
  UNION ALL
  SELECT v."id", x."number" || '/models/' || l."id" || '/artifacts'
  FROM "ModelVersion" AS v
  JOIN "LoggedModel" AS l ON l."id" = substring(v."source" FROM '^models:/+(m-[^/@]+)/*$')
  JOIN "Experiment" AS x ON x."id" = l."experimentId"
  WHERE v."digest" IS NOT NULL
) AS found
WHERE octet_length(found."path") <= 2000
  AND EXISTS (SELECT 1 FROM "ArtifactFile" AS f WHERE f."path" >= found."path" || '/' AND f."path" < found."path" || '0');
