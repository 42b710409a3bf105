-- Policies: what must hold before a version is promoted to a stage or an alias.

CREATE TYPE "PolicyMode" AS ENUM ('ENFORCE', 'EVALUATE', 'OFF');

CREATE TYPE "CheckStatus" AS ENUM ('PENDING', 'PASSED', 'FAILED');

CREATE TABLE "Policy" (
    "id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "revision" INTEGER NOT NULL,
    "mode" "PolicyMode" NOT NULL,
    "definition" JSONB NOT NULL,
    "modelPatterns" TEXT[] NOT NULL,
    "selectorTags" JSONB NOT NULL,
    "stages" "Stage"[] NOT NULL,
    "aliasPatterns" TEXT[] NOT NULL,
    "exclusiveStages" "Stage"[] NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,
    "updatedByIssuer" TEXT NOT NULL,
    "updatedBySubject" TEXT NOT NULL,
    "updatedByName" TEXT,
    "updatedByKind" "ActorKind" NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "policy_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "policy_name_key" ON "Policy"("name");

CREATE TABLE "Check" (
    "id" UUID NOT NULL,
    "versionId" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "status" "CheckStatus" NOT NULL,
    "summary" TEXT,
    "url" TEXT,
    "evidence" JSONB,
    "digest" TEXT,
    "reportedAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "authorId" BIGINT NOT NULL,

    CONSTRAINT "check_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "check_version_idx" ON "Check"("versionId", "reportedAt", "id");

CREATE INDEX "check_version_name_idx" ON "Check"("versionId", "name", "reportedAt", "id");

ALTER TABLE "Check" ADD CONSTRAINT "check_version_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "Check" ADD CONSTRAINT "check_author_fkey" FOREIGN KEY ("authorId") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

CREATE TRIGGER "check_append_only" BEFORE UPDATE OR DELETE ON "Check"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "check_no_truncate" BEFORE TRUNCATE ON "Check"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();

-- A decision stands in the hashed body of the promotion's event; its row is written from there, so that it can be listed,
-- and so that it is kept when events are compacted.

CREATE TABLE "PromotionDecision" (
    "id" UUID NOT NULL,
    "modelId" UUID NOT NULL,
    "versionId" UUID NOT NULL,
    "stage" "Stage",
    "alias" TEXT COLLATE "C",
    "isRollback" BOOLEAN NOT NULL,
    "overrideReason" TEXT,
    "policies" JSONB NOT NULL,
    "rules" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "revision" BIGINT NOT NULL,
    "actorIssuer" TEXT NOT NULL,
    "actorSubject" TEXT NOT NULL,
    "actorName" TEXT,
    "actorKind" "ActorKind" NOT NULL,

    CONSTRAINT "promotion_decision_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "promotion_decision_revision_key" ON "PromotionDecision"("revision");

CREATE INDEX "promotion_decision_model_idx" ON "PromotionDecision"("modelId", "revision");

CREATE INDEX "promotion_decision_version_idx" ON "PromotionDecision"("versionId", "revision");

-- Which promotions would a policy have refused.
CREATE INDEX "promotion_decision_rules_idx" ON "PromotionDecision" USING GIN ("rules" jsonb_path_ops);

CREATE INDEX "promotion_decision_override_idx" ON "PromotionDecision"("revision") WHERE "overrideReason" IS NOT NULL;

ALTER TABLE "PromotionDecision" ADD CONSTRAINT "promotion_decision_model_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "PromotionDecision" ADD CONSTRAINT "promotion_decision_version_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "PromotionDecision" ADD CONSTRAINT "promotion_decision_target_check" CHECK (num_nonnulls("stage", "alias") = 1);

CREATE TRIGGER "promotion_decision_append_only" BEFORE UPDATE OR DELETE ON "PromotionDecision"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "promotion_decision_no_truncate" BEFORE TRUNCATE ON "PromotionDecision"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();

CREATE FUNCTION "record_promotion_decision"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  decision jsonb := NEW."body"::jsonb->'after'->'decision';
BEGIN
  IF decision IS NOT NULL THEN
    INSERT INTO "PromotionDecision" ("id", "modelId", "versionId", "stage", "alias", "isRollback", "overrideReason",
      "policies", "rules", "at", "revision", "actorIssuer", "actorSubject", "actorName", "actorKind")
    VALUES (NEW."id", NEW."modelId", NEW."versionId", NEW."toStage", NEW."alias", (decision->>'isRollback')::boolean,
      decision->'override'->>'reason', decision->'policies', decision->'rules', NEW."at", NEW."revision",
      NEW."actorIssuer", NEW."actorSubject", NEW."actorName", NEW."actorKind");
  END IF;
  RETURN NULL;
END;
$$;

CREATE TRIGGER "event_promotion_decision" AFTER INSERT ON "Event"
  FOR EACH ROW WHEN (NEW."type" IN ('model_version.stage_changed', 'alias.set')) EXECUTE FUNCTION "record_promotion_decision"();

-- Which policies hold for a model. This function is the only copy of the rule: a policy selects a model whose name matches
-- one of its patterns and that has, for each tag of the selector, one of the values or no such tag.

CREATE FUNCTION "selector_matches"("patterns" text[], "selectorTags" jsonb, "name" text, "tags" jsonb) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT "name" LIKE ANY ("patterns") AND NOT EXISTS (
    SELECT FROM jsonb_array_elements("selectorTags") AS t
    WHERE "tags" ? (t->>'key') AND NOT (t->'values') ? ("tags"->>(t->>'key')))
$$;

CREATE FUNCTION "is_in_force"("policy" "Policy") RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT "policy"."deletedAt" IS NULL AND "policy"."mode" <> 'OFF'
$$;

-- The tags of a model that some selector looks at. Values may be long, so the others are not read.

CREATE FUNCTION "selector_tags"("model" uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_object_agg(tag."key", tag."value"), '{}')
  FROM "ModelTag" AS tag
  WHERE tag."modelId" = "model" AND EXISTS (
    SELECT FROM "Policy" AS p
    WHERE "is_in_force"(p) AND p."selectorTags" @> jsonb_build_array(jsonb_build_object('key', tag."key")))
$$;

-- A promotion shares the policies until its transaction ends, and a change of policies waits for it: whatever commits after
-- the change was decided by it. Taken before any other lock. The function looks after it has the lock: each statement of a
-- volatile function sees what was committed before that statement (PostgreSQL, "Function Volatility Categories").

CREATE FUNCTION "share_policies"() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('shelfmark policies'));
  RETURN EXISTS (SELECT FROM "Policy" AS p WHERE "is_in_force"(p));
END;
$$;

CREATE FUNCTION "lock_policies"() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('shelfmark policies'));
END;
$$;

-- One holder of a stage, where an enforced policy says so. The constraint is checked at the end of the transaction: a move
-- sets the new holder before the former one leaves.

ALTER TABLE "ModelVersion" ADD COLUMN "exclusiveStage" "Stage";

ALTER TABLE "ModelVersion" ADD CONSTRAINT "model_version_exclusive_stage_key" UNIQUE ("modelId", "exclusiveStage") DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION "exclusive_stage"("model" uuid, "stage" "Stage") RETURNS "Stage" LANGUAGE sql STABLE AS $$
  SELECT "stage" WHERE "stage" IN ('STAGING', 'PRODUCTION') AND EXISTS (
    SELECT FROM "Policy" AS p JOIN "Model" AS m ON m."id" = "model"
    WHERE p."mode" = 'ENFORCE' AND p."deletedAt" IS NULL AND "stage" = ANY (p."exclusiveStages")
      AND "selector_matches"(p."modelPatterns", p."selectorTags", m."name", "selector_tags"(m."id")))
$$;

CREATE FUNCTION "set_exclusive_stage"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."exclusiveStage" := CASE WHEN NEW."deletedAt" IS NULL THEN "exclusive_stage"(NEW."modelId", NEW."stage") END;
  RETURN NEW;
END;
$$;

CREATE TRIGGER "model_version_exclusive_stage" BEFORE INSERT OR UPDATE OF "stage", "deletedAt" ON "ModelVersion"
  FOR EACH ROW EXECUTE FUNCTION "set_exclusive_stage"();

-- After a change of policies, or of what a selector looks at in one model. Models are locked before their versions, as by
-- every writer of a version: one that holds the head of the log would else wait for a row that this transaction changed.

CREATE FUNCTION "settle_exclusive_stages"("only" uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  changed uuid[];
BEGIN
  changed := ARRAY(
    SELECT v."id" FROM "ModelVersion" AS v
    WHERE v."stage" IN ('STAGING', 'PRODUCTION') AND v."deletedAt" IS NULL AND ("only" IS NULL OR v."modelId" = "only")
      AND v."exclusiveStage" IS DISTINCT FROM "exclusive_stage"(v."modelId", v."stage"));
  PERFORM FROM "Model" AS m
  WHERE m."id" IN (SELECT v."modelId" FROM "ModelVersion" AS v WHERE v."id" = ANY (changed))
  ORDER BY m."id" FOR NO KEY UPDATE;
  UPDATE "ModelVersion" AS v SET "exclusiveStage" = "exclusive_stage"(v."modelId", v."stage")
  WHERE v."id" = ANY (changed);
END;
$$;
