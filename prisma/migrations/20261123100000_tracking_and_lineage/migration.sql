CREATE TYPE "RunStatus" AS ENUM ('SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED');

CREATE TYPE "LineageKind" AS ENUM ('INPUT', 'OUTPUT', 'DEPLOYMENT', 'DERIVED');

CREATE TYPE "DeploymentState" AS ENUM ('PENDING', 'DEPLOYING', 'RUNNING', 'FAILED', 'STOPPED');

CREATE TYPE "DeploymentHealth" AS ENUM ('UNKNOWN', 'HEALTHY', 'DEGRADED', 'UNHEALTHY');

ALTER TABLE "Event" ADD COLUMN "environment" TEXT COLLATE "C",
ADD COLUMN "experimentId" UUID,
ADD COLUMN "experimentName" TEXT COLLATE "C";

ALTER TABLE "ModelVersion" ADD COLUMN "runId" TEXT COLLATE "C";

CREATE TABLE "Experiment" (
    "id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "liveName" TEXT COLLATE "C",
    "description" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "experiment_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Run" (
    "id" TEXT COLLATE "C" NOT NULL,
    "experimentId" UUID NOT NULL,
    "name" TEXT,
    "status" "RunStatus" NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "user" TEXT,
    "source" TEXT,
    "gitCommit" TEXT,
    "parentId" TEXT COLLATE "C",
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "RunParam" (
    "runId" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT NOT NULL,
    "valueHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("value")) STORED,

    CONSTRAINT "run_param_pkey" PRIMARY KEY ("runId","key")
);

CREATE TABLE "RunTag" (
    "runId" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT NOT NULL,
    "valueHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("value")) STORED,

    CONSTRAINT "run_tag_pkey" PRIMARY KEY ("runId","key")
);

CREATE TABLE "ExperimentTag" (
    "experimentId" UUID NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT NOT NULL,
    "valueHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("value")) STORED,

    CONSTRAINT "experiment_tag_pkey" PRIMARY KEY ("experimentId","key")
);

CREATE TABLE "MetricSeries" (
    "id" BIGSERIAL NOT NULL,
    "runId" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "datasetId" UUID,
    "step" BIGINT NOT NULL,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "rank" BIGINT NOT NULL,

    CONSTRAINT "metric_series_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "MetricPoint" (
    "seriesId" BIGINT NOT NULL,
    "step" BIGINT NOT NULL,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "rank" BIGINT NOT NULL,

    CONSTRAINT "metric_point_pkey" PRIMARY KEY ("seriesId","step","timestamp","rank")
);

CREATE TABLE "Dataset" (
    "id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "sourceType" TEXT,
    "source" TEXT,
    "schema" JSONB,
    "profile" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "dataset_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "DatasetTag" (
    "datasetId" UUID NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT NOT NULL,
    "valueHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("value")) STORED,

    CONSTRAINT "dataset_tag_pkey" PRIMARY KEY ("datasetId","key")
);

-- A node of the lineage graph in one text: a letter for its kind, and its id.
CREATE FUNCTION "lineage_node"(run text, dataset uuid, version uuid, deployment uuid DEFAULT NULL) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce('R' || run, 'D' || dataset::text, 'V' || version::text, 'P' || deployment::text)
$$;

CREATE TABLE "LineageEdge" (
    "id" BIGSERIAL NOT NULL,
    "kind" "LineageKind" NOT NULL,
    "context" TEXT NOT NULL DEFAULT '',
    "external" BOOLEAN NOT NULL DEFAULT false,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "fromRunId" TEXT COLLATE "C",
    "fromDatasetId" UUID,
    "fromVersionId" UUID,
    "toRunId" TEXT COLLATE "C",
    "toDatasetId" UUID,
    "toVersionId" UUID,
    "toDeploymentId" UUID,
    "fromNode" TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS ("lineage_node"("fromRunId", "fromDatasetId", "fromVersionId")) STORED,
    "toNode" TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS ("lineage_node"("toRunId", "toDatasetId", "toVersionId", "toDeploymentId")) STORED,

    CONSTRAINT "lineage_edge_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Deployment" (
    "id" UUID NOT NULL,
    "environment" TEXT COLLATE "C" NOT NULL,
    "endpoint" TEXT COLLATE "C" NOT NULL,
    "modelId" UUID NOT NULL,
    "followsStage" "Stage",
    "followsAlias" TEXT COLLATE "C",
    "desiredId" UUID,
    "drifted" BOOLEAN NOT NULL DEFAULT false,
    "state" "DeploymentState" NOT NULL,
    "health" "DeploymentHealth" NOT NULL,
    "message" TEXT,
    "observedCursor" TEXT,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,
    "ttlSeconds" INTEGER,
    "lastReportedAt" TIMESTAMPTZ(3) NOT NULL,
    "staleAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,
    "removedAt" TIMESTAMPTZ(3),

    CONSTRAINT "deployment_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "DeploymentVersion" (
    "deploymentId" UUID NOT NULL,
    "versionId" UUID NOT NULL,
    "weight" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deployment_version_pkey" PRIMARY KEY ("deploymentId","versionId")
);

CREATE TABLE "DeploymentChange" (
    "id" UUID NOT NULL,
    "deploymentId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "revision" BIGINT NOT NULL,
    "state" "DeploymentState",
    "health" "DeploymentHealth",
    "message" TEXT,
    "running" JSONB NOT NULL,
    "actorIssuer" TEXT NOT NULL,
    "actorSubject" TEXT NOT NULL,
    "actorName" TEXT,
    "actorKind" "ActorKind" NOT NULL,

    CONSTRAINT "deployment_change_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "StageStay" (
    "revision" BIGINT NOT NULL,
    "modelId" UUID NOT NULL,
    "versionId" UUID NOT NULL,
    "stage" "Stage" NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),

    CONSTRAINT "stage_stay_pkey" PRIMARY KEY ("revision")
);

CREATE TABLE "AliasStay" (
    "revision" BIGINT NOT NULL,
    "modelId" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "versionId" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),

    CONSTRAINT "alias_stay_pkey" PRIMARY KEY ("revision")
);

CREATE TABLE "ModelAbsence" (
    "revision" BIGINT NOT NULL,
    "modelId" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),

    CONSTRAINT "model_absence_pkey" PRIMARY KEY ("revision")
);

CREATE UNIQUE INDEX "experiment_live_name_key" ON "Experiment"("liveName");

CREATE INDEX "experiment_name_idx" ON "Experiment"("name", "id");

CREATE INDEX "experiment_created_idx" ON "Experiment"("createdAt", "id");

CREATE INDEX "experiment_updated_idx" ON "Experiment"("updatedAt", "id");

CREATE INDEX "run_experiment_created_idx" ON "Run"("experimentId", "createdAt", "id");

CREATE INDEX "run_experiment_started_idx" ON "Run"("experimentId", "startedAt", "id");

CREATE INDEX "run_created_idx" ON "Run"("createdAt", "id");

CREATE INDEX "run_started_idx" ON "Run"("startedAt", "id");

CREATE INDEX "run_status_idx" ON "Run"("status", "createdAt", "id");

CREATE INDEX "run_parent_idx" ON "Run"("parentId", "createdAt", "id");

CREATE INDEX "run_param_value_idx" ON "RunParam"("key", "valueHash", "runId");

CREATE INDEX "run_tag_value_idx" ON "RunTag"("key", "valueHash", "runId");

CREATE INDEX "experiment_tag_value_idx" ON "ExperimentTag"("key", "valueHash", "experimentId");

CREATE INDEX "metric_series_dataset_idx" ON "MetricSeries"("datasetId");

CREATE UNIQUE INDEX "metric_series_key" ON "MetricSeries"("runId", "key", "datasetId") NULLS NOT DISTINCT;

CREATE INDEX "dataset_name_idx" ON "Dataset"("name", "id");

CREATE INDEX "dataset_created_idx" ON "Dataset"("createdAt", "id");

CREATE INDEX "dataset_digest_idx" ON "Dataset"("digest");

CREATE INDEX "dataset_tag_value_idx" ON "DatasetTag"("key", "valueHash", "datasetId");

CREATE INDEX "lineage_edge_to_idx" ON "LineageEdge"("toNode", "fromNode");

CREATE INDEX "lineage_edge_from_run_idx" ON "LineageEdge"("fromRunId", "id");

CREATE INDEX "lineage_edge_from_dataset_idx" ON "LineageEdge"("fromDatasetId", "id");

CREATE INDEX "lineage_edge_from_version_idx" ON "LineageEdge"("fromVersionId", "id");

CREATE INDEX "lineage_edge_to_run_idx" ON "LineageEdge"("toRunId", "id");

CREATE INDEX "lineage_edge_to_dataset_idx" ON "LineageEdge"("toDatasetId", "id");

CREATE INDEX "lineage_edge_to_version_idx" ON "LineageEdge"("toVersionId", "id");

CREATE INDEX "lineage_edge_to_deployment_idx" ON "LineageEdge"("toDeploymentId");

CREATE UNIQUE INDEX "lineage_edge_key" ON "LineageEdge"("fromNode", "toNode", "kind", "context");

CREATE INDEX "deployment_environment_idx" ON "Deployment"("environment", "endpoint", "id");

CREATE INDEX "deployment_model_idx" ON "Deployment"("modelId", "environment", "endpoint", "id");

CREATE INDEX "deployment_desired_idx" ON "Deployment"("desiredId");

CREATE INDEX "deployment_stale_idx" ON "Deployment"("staleAt");

CREATE INDEX "deployment_version_version_idx" ON "DeploymentVersion"("versionId");

CREATE INDEX "deployment_change_idx" ON "DeploymentChange"("deploymentId", "revision");

CREATE INDEX "stage_stay_model_idx" ON "StageStay"("modelId", "stage", "since", "revision");

CREATE INDEX "alias_stay_model_idx" ON "AliasStay"("modelId", "name", "since", "revision");

CREATE INDEX "model_absence_model_idx" ON "ModelAbsence"("modelId", "revision");

CREATE INDEX "model_version_run_idx" ON "ModelVersion"("runId");

ALTER TABLE "ModelVersion" ADD CONSTRAINT "model_version_run_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "Run" ADD CONSTRAINT "run_experiment_fkey" FOREIGN KEY ("experimentId") REFERENCES "Experiment"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "Run" ADD CONSTRAINT "run_parent_fkey" FOREIGN KEY ("parentId") REFERENCES "Run"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "RunParam" ADD CONSTRAINT "run_param_run_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "RunTag" ADD CONSTRAINT "run_tag_run_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "ExperimentTag" ADD CONSTRAINT "experiment_tag_experiment_fkey" FOREIGN KEY ("experimentId") REFERENCES "Experiment"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "MetricSeries" ADD CONSTRAINT "metric_series_run_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "MetricSeries" ADD CONSTRAINT "metric_series_dataset_fkey" FOREIGN KEY ("datasetId") REFERENCES "Dataset"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "MetricPoint" ADD CONSTRAINT "metric_point_series_fkey" FOREIGN KEY ("seriesId") REFERENCES "MetricSeries"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "DatasetTag" ADD CONSTRAINT "dataset_tag_dataset_fkey" FOREIGN KEY ("datasetId") REFERENCES "Dataset"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LineageEdge" ADD CONSTRAINT "lineage_edge_from_run_fkey" FOREIGN KEY ("fromRunId") REFERENCES "Run"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LineageEdge" ADD CONSTRAINT "lineage_edge_from_dataset_fkey" FOREIGN KEY ("fromDatasetId") REFERENCES "Dataset"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LineageEdge" ADD CONSTRAINT "lineage_edge_from_version_fkey" FOREIGN KEY ("fromVersionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LineageEdge" ADD CONSTRAINT "lineage_edge_to_run_fkey" FOREIGN KEY ("toRunId") REFERENCES "Run"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LineageEdge" ADD CONSTRAINT "lineage_edge_to_dataset_fkey" FOREIGN KEY ("toDatasetId") REFERENCES "Dataset"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LineageEdge" ADD CONSTRAINT "lineage_edge_to_version_fkey" FOREIGN KEY ("toVersionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "LineageEdge" ADD CONSTRAINT "lineage_edge_to_deployment_fkey" FOREIGN KEY ("toDeploymentId") REFERENCES "Deployment"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "Deployment" ADD CONSTRAINT "deployment_model_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "Deployment" ADD CONSTRAINT "deployment_desired_fkey" FOREIGN KEY ("desiredId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "DeploymentVersion" ADD CONSTRAINT "deployment_version_deployment_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "DeploymentVersion" ADD CONSTRAINT "deployment_version_version_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "DeploymentChange" ADD CONSTRAINT "deployment_change_deployment_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- What the rows promise, whoever writes them.

ALTER TABLE "Experiment"
  ADD CONSTRAINT "experiment_live_name_check" CHECK (("deletedAt" IS NULL) = ("liveName" IS NOT NULL) AND ("liveName" IS NULL OR "liveName" = "name"));

ALTER TABLE "Run"
  ADD CONSTRAINT "run_id_check" CHECK ("id" ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$'),
  ADD CONSTRAINT "run_ended_check" CHECK (("endedAt" IS NOT NULL) = ("status" IN ('FINISHED', 'FAILED', 'KILLED')) AND "endedAt" >= "startedAt"),
  ADD CONSTRAINT "run_parent_check" CHECK ("parentId" <> "id");

ALTER TABLE "LineageEdge"
  ADD CONSTRAINT "lineage_edge_from_check" CHECK (num_nonnulls("fromRunId", "fromDatasetId", "fromVersionId") = 1),
  ADD CONSTRAINT "lineage_edge_to_check" CHECK (num_nonnulls("toRunId", "toDatasetId", "toVersionId", "toDeploymentId") = 1),
  ADD CONSTRAINT "lineage_edge_self_check" CHECK ("fromNode" <> "toNode");

ALTER TABLE "Deployment"
  ADD CONSTRAINT "deployment_follows_check" CHECK (num_nonnulls("followsStage", "followsAlias") <= 1),
  ADD CONSTRAINT "deployment_ttl_check" CHECK ("ttlSeconds" > 0);

ALTER TABLE "DeploymentVersion" ADD CONSTRAINT "deployment_version_weight_check" CHECK ("weight" BETWEEN 0 AND 1000000);

CREATE UNIQUE INDEX "dataset_live_key" ON "Dataset" ("name", "digest") WHERE "deletedAt" IS NULL;
CREATE UNIQUE INDEX "deployment_live_key" ON "Deployment" ("environment", "endpoint", "modelId") WHERE "removedAt" IS NULL;
CREATE INDEX "deployment_drifted_idx" ON "Deployment" ("environment", "endpoint", "id") WHERE "drifted" AND "removedAt" IS NULL;
CREATE INDEX "metric_series_latest_idx" ON "MetricSeries" ("key", "rank", "runId") WHERE "datasetId" IS NULL;
CREATE UNIQUE INDEX "stage_stay_open_key" ON "StageStay" ("versionId") WHERE "until" IS NULL;
CREATE UNIQUE INDEX "alias_stay_open_key" ON "AliasStay" ("modelId", "name") WHERE "until" IS NULL;
CREATE UNIQUE INDEX "model_absence_open_key" ON "ModelAbsence" ("modelId") WHERE "until" IS NULL;

-- The points are only ever added to, so that vacuum has nothing to clean up; what it does is mark pages as visible to
-- all, without which series are not read from the index alone.
ALTER TABLE "MetricPoint" SET (autovacuum_vacuum_insert_scale_factor = 0.02);

CREATE TRIGGER "run_param_write_once" BEFORE UPDATE OR DELETE ON "RunParam"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "metric_point_append_only" BEFORE UPDATE OR DELETE ON "MetricPoint"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "deployment_change_append_only" BEFORE UPDATE OR DELETE ON "DeploymentChange"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "deployment_change_no_truncate" BEFORE TRUNCATE ON "DeploymentChange"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();

-- A double as a whole number in the same order, and back: the bits of IEEE 754, those of negative numbers turned around.
-- NaN comes before everything; -0 is 0.

CREATE FUNCTION "metric_rank"("value" double precision) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE
    WHEN "value" = 'NaN' THEN -9223372036854775807 - 1
    WHEN "value" = 0 THEN 0
    WHEN "value" < 0 THEN -(bits & 9223372036854775807)
    ELSE bits
  END
  FROM (SELECT ('x' || encode(float8send("value"), 'hex'))::bit(64)::bigint AS bits) AS ieee
$$;

-- What was promoted stays what it was, the run that made it included.

CREATE OR REPLACE FUNCTION "refuse_ready_version_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."status" = 'READY' AND (NEW."status", NEW."source", NEW."digest", NEW."signature", NEW."flavors", NEW."runId")
      IS DISTINCT FROM (OLD."status", OLD."source", OLD."digest", OLD."signature", OLD."flavors", OLD."runId") THEN
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

-- What a deployment should run, and whether it does, is kept where it is read. Its reporters and those who move the
-- model's versions and aliases stand in line behind the model's lock.

CREATE FUNCTION "settle_deployments"(model uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Deployment" AS d SET "desiredId" = now."desiredId", "drifted" = now."drifted"
  FROM (
    SELECT o."id", wanted."id" AS "desiredId",
      (o."followsStage" IS NOT NULL OR o."followsAlias" IS NOT NULL) AND runs."ids" <> array_remove(ARRAY[wanted."id"], NULL) AS "drifted"
    FROM "Deployment" AS o
    CROSS JOIN LATERAL (SELECT coalesce(
      (SELECT s."currentId" FROM "Shelf" AS s WHERE s."modelId" = o."modelId" AND s."stage" = o."followsStage"),
      (SELECT a."versionId" FROM "Alias" AS a WHERE a."modelId" = o."modelId" AND a."name" = o."followsAlias")) AS "id") AS wanted
    CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(r."versionId"), '{}') AS "ids" FROM "DeploymentVersion" AS r WHERE r."deploymentId" = o."id") AS runs
    WHERE o."modelId" = model AND o."removedAt" IS NULL
  ) AS now
  WHERE d."id" = now."id" AND (d."desiredId", d."drifted") IS DISTINCT FROM (now."desiredId", now."drifted");
END;
$$;

CREATE FUNCTION "settle_deployments_of_model"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "settle_deployments"(CASE TG_OP WHEN 'DELETE' THEN OLD."modelId" ELSE NEW."modelId" END);
  RETURN NULL;
END;
$$;

CREATE FUNCTION "settle_deployment_of_version"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "settle_deployments"((
    SELECT "modelId" FROM "Deployment" WHERE "id" = CASE TG_OP WHEN 'DELETE' THEN OLD."deploymentId" ELSE NEW."deploymentId" END));
  RETURN NULL;
END;
$$;

CREATE TRIGGER "shelf_deployments" AFTER UPDATE OF "currentId" ON "Shelf"
  FOR EACH ROW WHEN (NEW."currentId" IS DISTINCT FROM OLD."currentId") EXECUTE FUNCTION "settle_deployments_of_model"();
CREATE TRIGGER "alias_deployments" AFTER INSERT OR UPDATE OR DELETE ON "Alias"
  FOR EACH ROW EXECUTE FUNCTION "settle_deployments_of_model"();
CREATE TRIGGER "deployment_follows" AFTER INSERT OR UPDATE OF "followsStage", "followsAlias" ON "Deployment"
  FOR EACH ROW EXECUTE FUNCTION "settle_deployments_of_model"();
CREATE TRIGGER "deployment_version_runs" AFTER INSERT OR DELETE ON "DeploymentVersion"
  FOR EACH ROW EXECUTE FUNCTION "settle_deployment_of_version"();

-- A deployment's change is told once, as an event; its row in the history is that event's.

CREATE FUNCTION "record_deployment_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  after json := (NEW."body"::json)->'after';
BEGIN
  INSERT INTO "DeploymentChange" ("id", "deploymentId", "at", "revision", "state", "health", "message", "running",
    "actorIssuer", "actorSubject", "actorName", "actorKind")
  VALUES (NEW."id", NEW."subjectId"::uuid, NEW."at", NEW."revision", (after->>'state')::"DeploymentState",
    (after->>'health')::"DeploymentHealth", after->>'message', coalesce((after->'running')::jsonb, '[]'),
    NEW."actorIssuer", NEW."actorSubject", NEW."actorName", NEW."actorKind");
  RETURN NULL;
END;
$$;

CREATE TRIGGER "event_deployment_change" AFTER INSERT ON "Event"
  FOR EACH ROW WHEN (NEW."type" IN ('deployment.reported', 'deployment.removed')) EXECUTE FUNCTION "record_deployment_change"();

-- Who stood where, and when, for questions about the past: the log's moves as stays, each from one event to the next.

CREATE FUNCTION "record_stays"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."type" IN ('model_version.stage_changed', 'model_version.deleted') THEN
    UPDATE "StageStay" SET "until" = NEW."at" WHERE "versionId" = NEW."versionId" AND "until" IS NULL;
  END IF;
  IF NEW."type" IN ('model_version.created', 'model_version.stage_changed', 'model_version.restored') THEN
    INSERT INTO "StageStay" ("revision", "modelId", "versionId", "stage", "since")
    VALUES (NEW."revision", NEW."modelId", NEW."versionId", (NEW."body"::json->'after'->>'stage')::"Stage", NEW."at");
  ELSIF NEW."type" IN ('alias.set', 'alias.deleted') THEN
    UPDATE "AliasStay" SET "until" = NEW."at" WHERE "modelId" = NEW."modelId" AND "name" = NEW."alias" AND "until" IS NULL;
    IF NEW."type" = 'alias.set' THEN
      INSERT INTO "AliasStay" ("revision", "modelId", "name", "versionId", "since")
      VALUES (NEW."revision", NEW."modelId", NEW."alias", NEW."versionId", NEW."at");
    END IF;
  ELSIF NEW."type" = 'model.deleted' THEN
    INSERT INTO "ModelAbsence" ("revision", "modelId", "since") VALUES (NEW."revision", NEW."modelId", NEW."at");
  ELSIF NEW."type" = 'model.restored' THEN
    UPDATE "ModelAbsence" SET "until" = NEW."at" WHERE "modelId" = NEW."modelId" AND "until" IS NULL;
  END IF;
  RETURN NULL;
END;
$$;

CREATE TRIGGER "event_stays" AFTER INSERT ON "Event"
  FOR EACH ROW WHEN (NEW."modelId" IS NOT NULL) EXECUTE FUNCTION "record_stays"();

-- The stays of what happened before this migration, by the same rules.

INSERT INTO "StageStay" ("revision", "modelId", "versionId", "stage", "since", "until")
SELECT "revision", "modelId", "versionId", ("body"::json->'after'->>'stage')::"Stage", "at", "until"
FROM (
  SELECT *, lead("at") OVER (PARTITION BY "versionId" ORDER BY "revision") AS "until" FROM "Event"
  WHERE "type" IN ('model_version.created', 'model_version.stage_changed', 'model_version.restored', 'model_version.deleted')
) AS told
WHERE "type" <> 'model_version.deleted';

INSERT INTO "AliasStay" ("revision", "modelId", "name", "versionId", "since", "until")
SELECT "revision", "modelId", "alias", "versionId", "at", "until"
FROM (
  SELECT *, lead("at") OVER (PARTITION BY "modelId", "alias" ORDER BY "revision") AS "until" FROM "Event"
  WHERE "type" IN ('alias.set', 'alias.deleted')
) AS told
WHERE "type" = 'alias.set';

INSERT INTO "ModelAbsence" ("revision", "modelId", "since", "until")
SELECT "revision", "modelId", "at", "until"
FROM (
  SELECT *, lead("at") OVER (PARTITION BY "modelId" ORDER BY "revision") AS "until" FROM "Event"
  WHERE "type" IN ('model.deleted', 'model.restored')
) AS told
WHERE "type" = 'model.deleted';

-- Whatever is told of a noun is a change of it. An experiment's runs are not, or they would all wait for its one row.

CREATE OR REPLACE FUNCTION "raise_updated_at"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."modelId" IS NOT NULL AND NEW."subjectType" <> 'Deployment' THEN
    UPDATE "Model" SET "updatedAt" = NEW."at" WHERE "id" = NEW."modelId" AND "updatedAt" < NEW."at";
    UPDATE "ModelVersion" SET "updatedAt" = NEW."at" WHERE "id" = NEW."versionId" AND "updatedAt" < NEW."at";
  ELSIF NEW."subjectType" = 'Experiment' THEN
    UPDATE "Experiment" SET "updatedAt" = NEW."at" WHERE "id" = NEW."subjectId"::uuid AND "updatedAt" < NEW."at";
  ELSIF NEW."subjectType" = 'Run' THEN
    UPDATE "Run" SET "updatedAt" = NEW."at" WHERE "id" = NEW."subjectId" AND "updatedAt" < NEW."at";
  ELSIF NEW."subjectType" = 'Dataset' THEN
    UPDATE "Dataset" SET "updatedAt" = NEW."at" WHERE "id" = NEW."subjectId"::uuid AND "updatedAt" < NEW."at";
  END IF;
  RETURN NULL;
END;
$$;

-- As before, with the columns of the new nouns.
CREATE OR REPLACE FUNCTION "append_events"(events jsonb) RETURNS TABLE (revision bigint, at timestamptz) LANGUAGE plpgsql AS $$
DECLARE
  head "EventHead"%ROWTYPE;
  e jsonb;
  body text;
  size int := jsonb_array_length(events);
  i int := 0;
BEGIN
  SELECT * INTO STRICT head FROM "EventHead" AS h WHERE h."id" = 1 FOR UPDATE;
  FOR e IN SELECT * FROM jsonb_array_elements(events) LOOP
    head."revision" := head."revision" + 1;
    head."at" := greatest(head."at", (e->>'at')::timestamptz(3));
    body := (e->>'head') || to_char(head."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      || (e->>'middle') || head."revision"::text || (e->>'tail');
    head."hash" := sha256(head."hash" || convert_to(body, 'UTF8'));
    INSERT INTO "Event" ("revision", "id", "type", "at", "actorIssuer", "actorSubject", "actorName", "actorKind",
      "tokenId", "requestId", "commitId", "commitSize", "commitIndex", "subjectType", "subjectId", "modelId",
      "modelName", "versionId", "versionNumber", "fromStage", "toStage", "alias", "experimentId", "experimentName",
      "environment", "body", "hash")
    VALUES (head."revision", (e->>'id')::uuid, e->>'type', head."at", e->>'actorIssuer', e->>'actorSubject',
      e->>'actorName', (e->>'actorKind')::"ActorKind", e->>'tokenId', e->>'requestId', (e->>'commitId')::uuid, size, i,
      e->>'subjectType', e->>'subjectId', (e->>'modelId')::uuid, e->>'modelName', (e->>'versionId')::uuid,
      (e->>'versionNumber')::int, (e->>'fromStage')::"Stage", (e->>'toStage')::"Stage", e->>'alias',
      (e->>'experimentId')::uuid, e->>'experimentName', e->>'environment', body, head."hash");
    i := i + 1;
    revision := head."revision";
    at := head."at";
    RETURN NEXT;
  END LOOP;
  UPDATE "EventHead" AS h SET "revision" = head."revision", "hash" = head."hash", "at" = head."at" WHERE h."id" = 1;
  PERFORM pg_notify('shelfmark_events', head."revision"::text);
END;
$$;
