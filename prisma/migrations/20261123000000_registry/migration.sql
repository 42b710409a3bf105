CREATE TYPE "Stage" AS ENUM ('NONE', 'STAGING', 'PRODUCTION', 'ARCHIVED');

CREATE TYPE "ModelVersionStatus" AS ENUM ('PENDING_REGISTRATION', 'READY', 'FAILED_REGISTRATION');

CREATE TYPE "ActorKind" AS ENUM ('USER', 'MACHINE');

CREATE TABLE "Model" (
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
    "versionCounter" INTEGER NOT NULL DEFAULT 0,
    "latestVersionId" UUID,

    CONSTRAINT "model_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ModelVersion" (
    "id" UUID NOT NULL,
    "modelId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "stage" "Stage" NOT NULL,
    "stageSince" TIMESTAMPTZ(3) NOT NULL,
    "stageEntry" BIGINT NOT NULL DEFAULT 0,
    "status" "ModelVersionStatus" NOT NULL,
    "statusMessage" TEXT,
    "description" TEXT,
    "source" TEXT,
    "sourceHash" TEXT GENERATED ALWAYS AS (md5("source")) STORED,
    "digest" TEXT,
    "signature" JSONB,
    "flavors" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "model_version_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Shelf" (
    "modelId" UUID NOT NULL,
    "stage" "Stage" NOT NULL,
    "count" INTEGER NOT NULL,
    "currentId" UUID,
    "since" TIMESTAMPTZ(3),

    CONSTRAINT "shelf_pkey" PRIMARY KEY ("modelId","stage")
);

CREATE TABLE "Alias" (
    "modelId" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "versionId" UUID NOT NULL,
    "setAt" TIMESTAMPTZ(3) NOT NULL,
    "setByIssuer" TEXT NOT NULL,
    "setBySubject" TEXT NOT NULL,
    "setByName" TEXT,
    "setByKind" "ActorKind" NOT NULL,

    CONSTRAINT "alias_pkey" PRIMARY KEY ("modelId","name")
);

CREATE TABLE "ModelTag" (
    "modelId" UUID NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT NOT NULL,
    "valueHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("value")) STORED,

    CONSTRAINT "model_tag_pkey" PRIMARY KEY ("modelId","key")
);

CREATE TABLE "ModelVersionTag" (
    "versionId" UUID NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT NOT NULL,
    "valueHash" TEXT NOT NULL GENERATED ALWAYS AS (md5("value")) STORED,

    CONSTRAINT "model_version_tag_pkey" PRIMARY KEY ("versionId","key")
);

CREATE TABLE "StageTransition" (
    "id" UUID NOT NULL,
    "modelId" UUID NOT NULL,
    "versionId" UUID NOT NULL,
    "from" "Stage" NOT NULL,
    "to" "Stage" NOT NULL,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "revision" BIGINT NOT NULL,
    "actorIssuer" TEXT NOT NULL,
    "actorSubject" TEXT NOT NULL,
    "actorName" TEXT,
    "actorKind" "ActorKind" NOT NULL,

    CONSTRAINT "stage_transition_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Event" (
    "revision" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT COLLATE "C" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actorIssuer" TEXT NOT NULL,
    "actorSubject" TEXT NOT NULL,
    "actorName" TEXT,
    "actorKind" "ActorKind" NOT NULL,
    "tokenId" TEXT,
    "requestId" TEXT NOT NULL,
    "commitId" UUID NOT NULL,
    "commitSize" INTEGER NOT NULL,
    "commitIndex" INTEGER NOT NULL,
    "subjectType" TEXT NOT NULL,
    "subjectId" TEXT NOT NULL,
    "modelId" UUID,
    "modelName" TEXT COLLATE "C",
    "versionId" UUID,
    "versionNumber" INTEGER,
    "fromStage" "Stage",
    "toStage" "Stage",
    "alias" TEXT COLLATE "C",
    "body" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("revision")
);

CREATE TABLE "EventHead" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "logId" UUID NOT NULL,
    "revision" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_head_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "IdempotencyKey" (
    "issuer" TEXT COLLATE "C" NOT NULL,
    "subject" TEXT COLLATE "C" NOT NULL,
    "mutation" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "inputHash" TEXT NOT NULL,
    "result" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("issuer","subject","mutation","key")
);

CREATE UNIQUE INDEX "model_live_name_key" ON "Model"("liveName");

CREATE UNIQUE INDEX "model_latest_version_key" ON "Model"("latestVersionId");

CREATE INDEX "model_name_idx" ON "Model"("name", "id");

CREATE INDEX "model_created_idx" ON "Model"("createdAt", "id");

CREATE INDEX "model_updated_idx" ON "Model"("updatedAt", "id");

CREATE INDEX "model_version_model_created_idx" ON "ModelVersion"("modelId", "createdAt", "id");

CREATE INDEX "model_version_model_updated_idx" ON "ModelVersion"("modelId", "updatedAt", "id");

CREATE INDEX "model_version_stage_idx" ON "ModelVersion"("modelId", "stage", "stageEntry");

CREATE INDEX "model_version_by_number_idx" ON "ModelVersion"("number", "id");

CREATE INDEX "model_version_created_idx" ON "ModelVersion"("createdAt", "id");

CREATE INDEX "model_version_updated_idx" ON "ModelVersion"("updatedAt", "id");

CREATE INDEX "model_version_digest_idx" ON "ModelVersion"("digest");

CREATE INDEX "model_version_source_idx" ON "ModelVersion"("sourceHash");

CREATE UNIQUE INDEX "model_version_number_key" ON "ModelVersion"("modelId", "number");

CREATE INDEX "shelf_current_idx" ON "Shelf"("currentId");

CREATE INDEX "alias_version_idx" ON "Alias"("versionId");

CREATE INDEX "alias_name_idx" ON "Alias"("name", "versionId");

CREATE INDEX "model_tag_value_idx" ON "ModelTag"("key", "valueHash", "modelId");

CREATE INDEX "model_version_tag_value_idx" ON "ModelVersionTag"("key", "valueHash", "versionId");

CREATE INDEX "stage_transition_model_idx" ON "StageTransition"("modelId", "revision");

CREATE INDEX "stage_transition_version_idx" ON "StageTransition"("versionId", "revision");

CREATE INDEX "stage_transition_to_idx" ON "StageTransition"("to", "revision");

CREATE INDEX "stage_transition_from_idx" ON "StageTransition"("from", "revision");

CREATE INDEX "stage_transition_actor_idx" ON "StageTransition"("actorSubject", "actorIssuer", "revision");

CREATE INDEX "stage_transition_at_idx" ON "StageTransition"("at");

CREATE UNIQUE INDEX "stage_transition_revision_key" ON "StageTransition"("revision");

CREATE UNIQUE INDEX "event_id_key" ON "Event"("id");

CREATE INDEX "event_at_idx" ON "Event"("at");

CREATE INDEX "event_model_idx" ON "Event"("modelId", "revision");

CREATE INDEX "event_version_idx" ON "Event"("versionId", "revision");

CREATE INDEX "event_type_idx" ON "Event"("type", "revision");

CREATE INDEX "event_actor_idx" ON "Event"("actorSubject", "actorIssuer", "revision");

CREATE INDEX "idempotency_key_created_idx" ON "IdempotencyKey"("createdAt");

ALTER TABLE "Model" ADD CONSTRAINT "model_latest_version_fkey" FOREIGN KEY ("latestVersionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "ModelVersion" ADD CONSTRAINT "model_version_model_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "Shelf" ADD CONSTRAINT "shelf_model_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "Shelf" ADD CONSTRAINT "shelf_current_fkey" FOREIGN KEY ("currentId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "Alias" ADD CONSTRAINT "alias_model_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "Alias" ADD CONSTRAINT "alias_version_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "ModelTag" ADD CONSTRAINT "model_tag_model_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "ModelVersionTag" ADD CONSTRAINT "model_version_tag_version_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "StageTransition" ADD CONSTRAINT "stage_transition_model_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "StageTransition" ADD CONSTRAINT "stage_transition_version_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- What the rows promise, whoever writes them.

ALTER TABLE "Model"
  ADD CONSTRAINT "model_name_check" CHECK (char_length("name") BETWEEN 1 AND 256 AND "name" !~ '[/:]'),
  ADD CONSTRAINT "model_live_name_check" CHECK (("deletedAt" IS NULL) = ("liveName" IS NOT NULL) AND ("liveName" IS NULL OR "liveName" = "name"));

ALTER TABLE "ModelVersion"
  ADD CONSTRAINT "model_version_number_check" CHECK ("number" > 0),
  ADD CONSTRAINT "model_version_ready_to_serve_check" CHECK ("stage" NOT IN ('STAGING', 'PRODUCTION') OR "status" = 'READY'),
  ADD CONSTRAINT "model_version_source_check" CHECK ("status" <> 'READY' OR "source" IS NOT NULL),
  ADD CONSTRAINT "model_version_digest_check" CHECK ("digest" ~ '^sha256:[0-9a-f]{64}$');

ALTER TABLE "Alias"
  ADD CONSTRAINT "alias_name_check" CHECK ("name" ~ '^[A-Za-z0-9_-]{1,255}$' AND "name" !~* '^(latest|v[0-9]+)$');

ALTER TABLE "Shelf" ADD CONSTRAINT "shelf_count_check" CHECK ("count" >= 0 AND ("currentId" IS NULL) = ("count" = 0));

ALTER TABLE "EventHead" ADD CONSTRAINT "event_head_single_check" CHECK ("id" = 1);

ALTER TABLE "Event" ADD CONSTRAINT "event_commit_check" CHECK ("commitIndex" >= 0 AND "commitIndex" < "commitSize");

-- What stands on a stage is found by index, and only living versions stand anywhere.
CREATE INDEX "model_version_living_stage_idx" ON "ModelVersion" ("modelId", "stage", "stageEntry" DESC) WHERE "deletedAt" IS NULL;
CREATE INDEX "model_version_living_number_idx" ON "ModelVersion" ("modelId", "number" DESC) WHERE "deletedAt" IS NULL;
CREATE INDEX "model_version_living_stage_created_idx" ON "ModelVersion" ("stage", "createdAt", "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "model_deleted_idx" ON "Model" ("name", "id") WHERE "deletedAt" IS NOT NULL;

-- History is only ever added to.

CREATE FUNCTION "refuse_history_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
END;
$$;

CREATE TRIGGER "event_append_only" BEFORE UPDATE OR DELETE ON "Event"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "event_no_truncate" BEFORE TRUNCATE ON "Event"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "stage_transition_append_only" BEFORE UPDATE OR DELETE ON "StageTransition"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "stage_transition_no_truncate" BEFORE TRUNCATE ON "StageTransition"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();

-- What was promoted stays what it was.

CREATE FUNCTION "refuse_ready_version_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."status" = 'READY' AND (NEW."status", NEW."source", NEW."digest", NEW."signature", NEW."flavors")
      IS DISTINCT FROM (OLD."status", OLD."source", OLD."digest", OLD."signature", OLD."flavors") THEN
    RAISE EXCEPTION 'status, source, digest, signature and flavors of a READY version are fixed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'model_version_write_once';
  END IF;
  IF (NEW."id", NEW."modelId", NEW."number") IS DISTINCT FROM (OLD."id", OLD."modelId", OLD."number") THEN
    RAISE EXCEPTION 'a version keeps its model and number'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'model_version_identity';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER "model_version_write_once" BEFORE UPDATE ON "ModelVersion"
  FOR EACH ROW EXECUTE FUNCTION "refuse_ready_version_change"();

-- The shelves: counts and current holders are kept where they are read. Writers of one model are in line behind its
-- row's lock, so the counts cannot drift.

CREATE SEQUENCE "stage_entry_seq" AS bigint;

CREATE FUNCTION "number_stage_entry"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW."stageEntry" := nextval('stage_entry_seq');
  ELSIF NEW."stage" <> OLD."stage" OR (OLD."deletedAt" IS NOT NULL AND NEW."deletedAt" IS NULL) THEN
    NEW."stageEntry" := nextval('stage_entry_seq');
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER "model_version_stage_entry" BEFORE INSERT OR UPDATE OF "stage", "deletedAt" ON "ModelVersion"
  FOR EACH ROW EXECUTE FUNCTION "number_stage_entry"();

CREATE FUNCTION "keep_shelves"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stood boolean := false;
  stands boolean := NEW."deletedAt" IS NULL;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    stood := OLD."deletedAt" IS NULL;
    IF stood = stands AND OLD."stage" = NEW."stage" THEN
      RETURN NULL;
    END IF;
  END IF;
  IF stood THEN
    UPDATE "Shelf" SET
      "count" = "count" - 1,
      ("currentId", "since") = (
        SELECT v."id", v."stageSince" FROM (SELECT 1) AS one
        LEFT JOIN LATERAL (
          SELECT "id", "stageSince" FROM "ModelVersion"
          WHERE "modelId" = OLD."modelId" AND "stage" = OLD."stage" AND "deletedAt" IS NULL
          ORDER BY "stageEntry" DESC LIMIT 1
        ) AS v ON true)
    WHERE "modelId" = OLD."modelId" AND "stage" = OLD."stage";
  END IF;
  IF stands THEN
    UPDATE "Shelf" SET "count" = "count" + 1, "currentId" = NEW."id", "since" = NEW."stageSince"
    WHERE "modelId" = NEW."modelId" AND "stage" = NEW."stage";
  END IF;
  IF stood <> stands THEN
    UPDATE "Model" SET "latestVersionId" = (
      SELECT "id" FROM "ModelVersion" WHERE "modelId" = NEW."modelId" AND "deletedAt" IS NULL
      ORDER BY "number" DESC LIMIT 1)
    WHERE "id" = NEW."modelId";
  END IF;
  RETURN NULL;
END;
$$;

CREATE FUNCTION "set_up_shelves"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "Shelf" ("modelId", "stage", "count")
  SELECT NEW."id", stage, 0 FROM unnest(enum_range(NULL::"Stage")) AS stage;
  RETURN NULL;
END;
$$;

CREATE TRIGGER "model_shelves" AFTER INSERT ON "Model"
  FOR EACH ROW EXECUTE FUNCTION "set_up_shelves"();

CREATE TRIGGER "model_version_shelves" AFTER INSERT OR UPDATE OF "stage", "deletedAt" ON "ModelVersion"
  FOR EACH ROW EXECUTE FUNCTION "keep_shelves"();

-- A move is told once, as an event; the transition is that event's row among the nouns.

CREATE FUNCTION "record_stage_transition"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "StageTransition" ("id", "modelId", "versionId", "from", "to", "reason", "at", "revision",
    "actorIssuer", "actorSubject", "actorName", "actorKind")
  VALUES (NEW."id", NEW."modelId", NEW."versionId", NEW."fromStage", NEW."toStage", (NEW."body"::json)->'after'->>'reason',
    NEW."at", NEW."revision", NEW."actorIssuer", NEW."actorSubject", NEW."actorName", NEW."actorKind");
  RETURN NULL;
END;
$$;

CREATE TRIGGER "event_stage_transition" AFTER INSERT ON "Event"
  FOR EACH ROW WHEN (NEW."type" = 'model_version.stage_changed') EXECUTE FUNCTION "record_stage_transition"();

-- Whatever is told of a model or a version is a change of it.

CREATE FUNCTION "raise_updated_at"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Model" SET "updatedAt" = NEW."at" WHERE "id" = NEW."modelId" AND "updatedAt" < NEW."at";
  UPDATE "ModelVersion" SET "updatedAt" = NEW."at" WHERE "id" = NEW."versionId" AND "updatedAt" < NEW."at";
  RETURN NULL;
END;
$$;

CREATE TRIGGER "event_updated_at" AFTER INSERT ON "Event"
  FOR EACH ROW EXECUTE FUNCTION "raise_updated_at"();

-- The log's first link: a log is told from another by its id, and an empty log has a hash to build on.
WITH log AS (SELECT gen_random_uuid() AS id)
INSERT INTO "EventHead" ("id", "logId", "revision", "hash", "at")
SELECT 1, log.id, 0, sha256(convert_to(log.id::text, 'UTF8')), date_trunc('milliseconds', now()) FROM log;

-- Appends one transaction's events: takes the head, whose lock is held until commit and so puts revisions in commit
-- order, links each event to the one before, and wakes the tailers. Each element of `events` carries the columns and
-- the three pieces of its canonical body between which the time and the revision stand. Time never runs backwards in
-- the log.
CREATE FUNCTION "append_events"(events jsonb) RETURNS TABLE (revision bigint, at timestamptz) LANGUAGE plpgsql AS $$
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
      "modelName", "versionId", "versionNumber", "fromStage", "toStage", "alias", "body", "hash")
    VALUES (head."revision", (e->>'id')::uuid, e->>'type', head."at", e->>'actorIssuer', e->>'actorSubject',
      e->>'actorName', (e->>'actorKind')::"ActorKind", e->>'tokenId', e->>'requestId', (e->>'commitId')::uuid, size, i,
      e->>'subjectType', e->>'subjectId', (e->>'modelId')::uuid, e->>'modelName', (e->>'versionId')::uuid,
      (e->>'versionNumber')::int, (e->>'fromStage')::"Stage", (e->>'toStage')::"Stage", e->>'alias', body, head."hash");
    i := i + 1;
    revision := head."revision";
    at := head."at";
    RETURN NEXT;
  END LOOP;
  UPDATE "EventHead" AS h SET "revision" = head."revision", "hash" = head."hash", "at" = head."at" WHERE h."id" = 1;
  PERFORM pg_notify('shelfmark_events', head."revision"::text);
END;
$$;
