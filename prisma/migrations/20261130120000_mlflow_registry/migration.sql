-- What MLflow clients say of where a version comes from: a run and a logged model of a tracking server that this registry does
-- not know, and the page of the run. Kept as they were given.

ALTER TABLE "ModelVersion" ADD COLUMN "externalRunId" TEXT COLLATE "C",
ADD COLUMN "externalModelId" TEXT COLLATE "C",
ADD COLUMN "runLink" TEXT;

-- A version has one source run: one of ours, or one that is known elsewhere.
ALTER TABLE "ModelVersion" ADD CONSTRAINT "model_version_one_run_check" CHECK ("runId" IS NULL OR "externalRunId" IS NULL);

-- Clients look for the versions of a run. Most registries have runs of one kind, so most indexes stay empty.
CREATE INDEX "model_version_external_run_idx" ON "ModelVersion" ("externalRunId") WHERE "externalRunId" IS NOT NULL;

CREATE OR REPLACE FUNCTION "refuse_ready_version_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."status" = 'READY' AND
      (NEW."status", NEW."source", NEW."digest", NEW."signature", NEW."flavors", NEW."runId", NEW."externalRunId",
        NEW."externalModelId", NEW."runLink")
      IS DISTINCT FROM (OLD."status", OLD."source", OLD."digest", OLD."signature", OLD."flavors", OLD."runId",
        OLD."externalRunId", OLD."externalModelId", OLD."runLink") THEN
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
