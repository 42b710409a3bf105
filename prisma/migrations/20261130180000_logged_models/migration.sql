-- Models as MLflow's clients log them: the artifacts of a training, before (or without) a registration. They stand in the lineage
-- between the run that made them and the versions that were registered from them, and metrics can be measured for them.

CREATE TYPE "LoggedModelStatus" AS ENUM ('PENDING', 'READY', 'UPLOAD_FAILED');

CREATE TYPE "ModelKind" AS ENUM ('MODEL', 'PROMPT');

ALTER TYPE "LineageKind" ADD VALUE 'REGISTRATION';

CREATE TABLE "LoggedModel" (
    "id" TEXT COLLATE "C" NOT NULL,
    "experimentId" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "nameText" TEXT NOT NULL GENERATED ALWAYS AS ("name") STORED,
    "modelType" TEXT,
    "status" "LoggedModelStatus" NOT NULL,
    "statusMessage" TEXT,
    "sourceRunId" TEXT COLLATE "C",
    "artifactUri" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "logged_model_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "LoggedModelParam" (
    "loggedModelId" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT NOT NULL,
    "pairHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("key" || '=' || "value")) STORED,
    "authorId" BIGINT,

    CONSTRAINT "logged_model_param_pkey" PRIMARY KEY ("loggedModelId","key")
);

CREATE TABLE "LoggedModelTag" (
    "loggedModelId" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT NOT NULL,
    "pairHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("key" || '=' || "value")) STORED,
    "setById" BIGINT,

    CONSTRAINT "logged_model_tag_pkey" PRIMARY KEY ("loggedModelId","key")
);

ALTER TABLE "Model" ADD COLUMN "kind" "ModelKind" NOT NULL DEFAULT 'MODEL';

ALTER TABLE "ModelVersion" ADD COLUMN "loggedModelId" TEXT COLLATE "C";

ALTER TABLE "MetricSeries" ADD COLUMN "loggedModelId" TEXT COLLATE "C";

CREATE INDEX "logged_model_experiment_created_idx" ON "LoggedModel"("experimentId", "createdAt", "id");

CREATE INDEX "logged_model_created_idx" ON "LoggedModel"("createdAt", "id");

CREATE INDEX "logged_model_updated_idx" ON "LoggedModel"("updatedAt", "id");

CREATE INDEX "logged_model_name_idx" ON "LoggedModel"("name", "id");

CREATE INDEX "logged_model_run_idx" ON "LoggedModel"("sourceRunId", "createdAt", "id");

CREATE INDEX "logged_model_param_value_idx" ON "LoggedModelParam"("key", "pairHash", "loggedModelId");

CREATE INDEX "logged_model_tag_value_idx" ON "LoggedModelTag"("key", "pairHash", "loggedModelId");

CREATE INDEX "model_version_logged_model_idx" ON "ModelVersion"("loggedModelId");

CREATE INDEX "metric_series_logged_model_idx" ON "MetricSeries"("loggedModelId");

ALTER TABLE "LoggedModel" ADD CONSTRAINT "logged_model_experiment_fkey" FOREIGN KEY ("experimentId") REFERENCES "Experiment"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LoggedModel" ADD CONSTRAINT "logged_model_run_fkey" FOREIGN KEY ("sourceRunId") REFERENCES "Run"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LoggedModelParam" ADD CONSTRAINT "logged_model_param_model_fkey" FOREIGN KEY ("loggedModelId") REFERENCES "LoggedModel"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LoggedModelParam" ADD CONSTRAINT "logged_model_param_author_fkey" FOREIGN KEY ("authorId") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LoggedModelTag" ADD CONSTRAINT "logged_model_tag_model_fkey" FOREIGN KEY ("loggedModelId") REFERENCES "LoggedModel"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LoggedModelTag" ADD CONSTRAINT "logged_model_tag_set_by_fkey" FOREIGN KEY ("setById") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "ModelVersion" ADD CONSTRAINT "model_version_logged_model_fkey" FOREIGN KEY ("loggedModelId") REFERENCES "LoggedModel"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "MetricSeries" ADD CONSTRAINT "metric_series_logged_model_fkey" FOREIGN KEY ("loggedModelId") REFERENCES "LoggedModel"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- What the rows promise, whoever writes them.

ALTER TABLE "LoggedModel" ADD CONSTRAINT "logged_model_id_check" CHECK ("id" ~ '^m-[0-9a-f]{32}$');

-- A version has one source model: one of ours, or one that is known elsewhere.
ALTER TABLE "ModelVersion" ADD CONSTRAINT "model_version_one_logged_model_check" CHECK ("loggedModelId" IS NULL OR "externalModelId" IS NULL);

CREATE TRIGGER "logged_model_param_write_once" BEFORE UPDATE OR DELETE ON "LoggedModelParam"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();

CREATE INDEX "logged_model_deleted_created_idx" ON "LoggedModel" ("createdAt", "id") WHERE "deletedAt" IS NOT NULL;

-- Prompts are models with a tag. Those that were registered by now have it.
UPDATE "Model" AS m SET "kind" = 'PROMPT'
FROM "ModelTag" AS t WHERE t."modelId" = m."id" AND t."key" = 'mlflow.prompt.is_prompt' AND lower(t."value") = 'true';

CREATE INDEX "model_prompt_idx" ON "Model" ("name", "id") WHERE "kind" = 'PROMPT';

-- A metric that is measured for a logged model is a metric of the run, too: the run has a series without the logged model, which
-- holds every value, and the logged model has a series of its own.

DROP INDEX "metric_series_key";

CREATE UNIQUE INDEX "metric_series_key" ON "MetricSeries"("runId", "key", "datasetId", "loggedModelId") NULLS NOT DISTINCT;

DROP INDEX "metric_series_latest_idx";

CREATE INDEX "metric_series_latest_idx" ON "MetricSeries" ("key", "rank", "runId") WHERE "datasetId" IS NULL AND "loggedModelId" IS NULL;

-- Edges to and from logged models, and the step at which a run made one. PostgreSQL 15 cannot change how a column is generated.

DROP INDEX "lineage_edge_key";

DROP INDEX "lineage_edge_to_idx";

ALTER TABLE "LineageEdge"
  DROP CONSTRAINT "lineage_edge_from_check",
  DROP CONSTRAINT "lineage_edge_to_check",
  DROP CONSTRAINT "lineage_edge_self_check",
  DROP COLUMN "fromNode",
  DROP COLUMN "toNode";

DROP FUNCTION "lineage_node"(text, uuid, uuid, uuid);

CREATE FUNCTION "lineage_node"(run text, dataset uuid, version uuid, "loggedModel" text, deployment uuid DEFAULT NULL) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce('R' || run, 'D' || dataset::text, 'V' || version::text, 'L' || "loggedModel", 'P' || deployment::text)
$$;

ALTER TABLE "LineageEdge" ADD COLUMN "fromLoggedModelId" TEXT COLLATE "C",
ADD COLUMN "toLoggedModelId" TEXT COLLATE "C",
ADD COLUMN "step" BIGINT;

ALTER TABLE "LineageEdge"
  ADD COLUMN "fromNode" TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS ("lineage_node"("fromRunId", "fromDatasetId", "fromVersionId", "fromLoggedModelId")) STORED,
  ADD COLUMN "toNode" TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS ("lineage_node"("toRunId", "toDatasetId", "toVersionId", "toLoggedModelId", "toDeploymentId")) STORED,
  ADD CONSTRAINT "lineage_edge_from_check" CHECK (num_nonnulls("fromRunId", "fromDatasetId", "fromVersionId", "fromLoggedModelId") = 1),
  ADD CONSTRAINT "lineage_edge_to_check" CHECK (num_nonnulls("toRunId", "toDatasetId", "toVersionId", "toLoggedModelId", "toDeploymentId") = 1),
  ADD CONSTRAINT "lineage_edge_self_check" CHECK ("fromNode" <> "toNode"),
  ADD CONSTRAINT "lineage_edge_from_logged_model_fkey" FOREIGN KEY ("fromLoggedModelId") REFERENCES "LoggedModel"("id") ON DELETE NO ACTION ON UPDATE NO ACTION,
  ADD CONSTRAINT "lineage_edge_to_logged_model_fkey" FOREIGN KEY ("toLoggedModelId") REFERENCES "LoggedModel"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

CREATE INDEX "lineage_edge_to_idx" ON "LineageEdge"("toNode", "fromNode");

CREATE UNIQUE INDEX "lineage_edge_key" ON "LineageEdge"("fromNode", "toNode", "kind", "context");

CREATE INDEX "lineage_edge_from_logged_model_idx" ON "LineageEdge"("fromLoggedModelId", "id");

CREATE INDEX "lineage_edge_to_logged_model_idx" ON "LineageEdge"("toLoggedModelId", "id");

CREATE OR REPLACE FUNCTION "refuse_ready_version_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."status" = 'READY' AND
      (NEW."status", NEW."source", NEW."digest", NEW."signature", NEW."flavors", NEW."runId", NEW."externalRunId",
        NEW."loggedModelId", NEW."externalModelId", NEW."runLink")
      IS DISTINCT FROM (OLD."status", OLD."source", OLD."digest", OLD."signature", OLD."flavors", OLD."runId",
        OLD."externalRunId", OLD."loggedModelId", OLD."externalModelId", OLD."runLink") THEN
    RAISE EXCEPTION 'status, source, digest, signature, flavors and run of a READY version are fixed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'model_version_write_once';
  END IF;
  IF (NEW."id", NEW."modelId", NEW."number") IS DISTINCT FROM (OLD."id", OLD."modelId", OLD."number") THEN
    RAISE EXCEPTION 'a version keeps its model and number'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'model_version_identity';
  END IF;
  RETURN NEW;
END;
$$;

CREATE OR REPLACE FUNCTION "raise_updated_at"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."modelId" IS NOT NULL AND NEW."subjectType" <> 'Deployment' THEN
    UPDATE "Model" SET "updatedAt" = NEW."at" WHERE "id" = NEW."modelId" AND "updatedAt" < NEW."at";
    UPDATE "ModelVersion" SET "updatedAt" = NEW."at" WHERE "id" = NEW."versionId" AND "updatedAt" < NEW."at";
  ELSIF NEW."subjectType" = 'Experiment' THEN
    UPDATE "Experiment" SET "updatedAt" = NEW."at" WHERE "id" = NEW."subjectId"::uuid AND "updatedAt" < NEW."at";
  ELSIF NEW."subjectType" = 'Run' THEN
    UPDATE "Run" SET "updatedAt" = NEW."at" WHERE "id" = NEW."subjectId" AND "updatedAt" < NEW."at";
  ELSIF NEW."subjectType" = 'LoggedModel' THEN
    UPDATE "LoggedModel" SET "updatedAt" = NEW."at" WHERE "id" = NEW."subjectId" AND "updatedAt" < NEW."at";
  ELSIF NEW."subjectType" = 'Dataset' THEN
    UPDATE "Dataset" SET "updatedAt" = NEW."at" WHERE "id" = NEW."subjectId"::uuid AND "updatedAt" < NEW."at";
  END IF;
  RETURN NULL;
END;
$$;
