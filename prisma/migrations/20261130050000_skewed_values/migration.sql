-- Searches by values that are common or rare.

-- The hash of the value alone says little: `false` may be common, and the key too, and no row have them together. The hash
-- of both is as common as the tag. Without statistics of the combination the planner multiplies the probabilities of key,
-- hash and value, and expects a hundred rows where there are two hundred thousand.

ALTER TABLE "ModelTag" DROP COLUMN "valueHash", ADD COLUMN "pairHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("key" || '=' || "value")) STORED;
CREATE INDEX "model_tag_value_idx" ON "ModelTag"("key", "pairHash", "modelId");
CREATE STATISTICS "model_tag_values" (mcv) ON "key", "pairHash", "value" FROM "ModelTag";

ALTER TABLE "ModelVersionTag" DROP COLUMN "valueHash", ADD COLUMN "pairHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("key" || '=' || "value")) STORED;
CREATE INDEX "model_version_tag_value_idx" ON "ModelVersionTag"("key", "pairHash", "versionId");
CREATE STATISTICS "model_version_tag_values" (mcv) ON "key", "pairHash", "value" FROM "ModelVersionTag";

ALTER TABLE "ExperimentTag" DROP COLUMN "valueHash", ADD COLUMN "pairHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("key" || '=' || "value")) STORED;
CREATE INDEX "experiment_tag_value_idx" ON "ExperimentTag"("key", "pairHash", "experimentId");
CREATE STATISTICS "experiment_tag_values" (mcv) ON "key", "pairHash", "value" FROM "ExperimentTag";

ALTER TABLE "RunTag" DROP COLUMN "valueHash", ADD COLUMN "pairHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("key" || '=' || "value")) STORED;
CREATE INDEX "run_tag_value_idx" ON "RunTag"("key", "pairHash", "runId");
CREATE STATISTICS "run_tag_values" (mcv) ON "key", "pairHash", "value" FROM "RunTag";

ALTER TABLE "RunParam" DROP COLUMN "valueHash", ADD COLUMN "pairHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("key" || '=' || "value")) STORED;
CREATE INDEX "run_param_value_idx" ON "RunParam"("key", "pairHash", "runId");
CREATE STATISTICS "run_param_values" (mcv) ON "key", "pairHash", "value" FROM "RunParam";

ALTER TABLE "DatasetTag" DROP COLUMN "valueHash", ADD COLUMN "pairHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("key" || '=' || "value")) STORED;
CREATE INDEX "dataset_tag_value_idx" ON "DatasetTag"("key", "pairHash", "datasetId");
CREATE STATISTICS "dataset_tag_values" (mcv) ON "key", "pairHash", "value" FROM "DatasetTag";

-- Rare statuses, the rows of one person, and deleted rows, in the order of a list: each of them read the whole table.
CREATE INDEX "model_version_living_status_created_idx" ON "ModelVersion" ("status", "createdAt", "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "model_version_living_creator_created_idx" ON "ModelVersion" ("createdBySubject", "createdAt", "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "model_version_deleted_created_idx" ON "ModelVersion" ("createdAt", "id") WHERE "deletedAt" IS NOT NULL;
CREATE INDEX "run_living_creator_created_idx" ON "Run" ("createdBySubject", "createdAt", "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "run_deleted_created_idx" ON "Run" ("createdAt", "id") WHERE "deletedAt" IS NOT NULL;

ANALYZE "ModelTag", "ModelVersionTag", "ExperimentTag", "RunTag", "RunParam", "DatasetTag";
