-- One row for each promotion, guarded or not: each move of a version to STAGING, PRODUCTION or an alias. It holds what the
-- report needs and no other table keeps: the model's name at the time, the hash of the event, which stays when the event is
-- compacted, and who held the target before.

CREATE TABLE "Promotion" (
    "revision" BIGINT NOT NULL,
    "modelId" UUID NOT NULL,
    "modelName" TEXT COLLATE "C",
    "versionId" UUID NOT NULL,
    "stage" "Stage",
    "alias" TEXT COLLATE "C",
    "previousId" UUID,
    "heldBefore" BOOLEAN NOT NULL,
    "overridden" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "hash" BYTEA,

    CONSTRAINT "promotion_pkey" PRIMARY KEY ("revision")
);

CREATE INDEX "promotion_at_idx" ON "Promotion"("at", "revision");

CREATE INDEX "promotion_model_idx" ON "Promotion"("modelId", "revision");

CREATE INDEX "promotion_model_stage_idx" ON "Promotion"("modelId", "stage", "revision");

CREATE INDEX "promotion_model_alias_idx" ON "Promotion"("modelId", "alias", "revision");

CREATE INDEX "promotion_stage_idx" ON "Promotion"("stage", "revision");

CREATE INDEX "promotion_alias_idx" ON "Promotion"("alias", "revision");

CREATE INDEX "promotion_version_idx" ON "Promotion"("versionId", "revision");

CREATE INDEX "promotion_overridden_idx" ON "Promotion"("revision") WHERE "overridden";

CREATE INDEX "promotion_held_before_idx" ON "Promotion"("revision") WHERE "heldBefore";

ALTER TABLE "Promotion" ADD CONSTRAINT "promotion_target_check" CHECK (num_nonnulls("stage", "alias") = 1);

-- The names under which a model was promoted: a filter on names finds a model also after it was renamed.

CREATE TABLE "PromotedName" (
    "modelId" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "promoted_name_pkey" PRIMARY KEY ("modelId", "name")
);

CREATE INDEX "promotion_request_decision_idx" ON "PromotionRequest"("decisionId");

-- The versions that are in a serving stage, by the order in which they entered it.
CREATE INDEX "stage_stay_serving_idx" ON "StageStay"("modelId", "stage", "revision") WHERE "until" IS NULL AND "stage" IN ('STAGING', 'PRODUCTION');

-- What happened before this migration. Name and hash are known as far as the log still holds the events. Stays end at a
-- time, so of two moves in the same millisecond the first may count as the holder before.

INSERT INTO "Promotion" ("revision", "modelId", "modelName", "versionId", "stage", "alias", "previousId", "heldBefore",
  "overridden", "at", "hash")
SELECT p."revision", p."modelId", e."modelName", p."versionId", p."stage", p."alias", p."previousId",
  row_number() OVER (PARTITION BY p."versionId", p."stage", p."alias" ORDER BY p."revision") > 1,
  coalesce(d."overrideReason" IS NOT NULL, false), p."at", e."hash"
FROM (
  SELECT t."revision", t."modelId", t."versionId", t."to" AS "stage", NULL::text AS "alias", t."at", (
    SELECT s."versionId" FROM "StageStay" AS s
    WHERE s."modelId" = t."modelId" AND s."stage" = t."to" AND s."revision" < t."revision" AND s."versionId" <> t."versionId"
      AND (s."until" IS NULL OR s."until" >= t."at")
    ORDER BY s."revision" DESC LIMIT 1
  ) AS "previousId"
  FROM "StageTransition" AS t WHERE t."to" IN ('STAGING', 'PRODUCTION')
  UNION ALL
  SELECT a."revision", a."modelId", a."toVersionId", NULL, a."alias", a."at", a."fromVersionId"
  FROM "AliasTransition" AS a WHERE a."toVersionId" IS NOT NULL
) AS p
LEFT JOIN "Event" AS e ON e."revision" = p."revision"
LEFT JOIN "PromotionDecision" AS d ON d."revision" = p."revision";

INSERT INTO "PromotedName" ("modelId", "name")
SELECT DISTINCT "modelId", "modelName" FROM "Promotion" WHERE "modelName" IS NOT NULL;

CREATE TRIGGER "promotion_append_only" BEFORE UPDATE OR DELETE ON "Promotion"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "promotion_no_truncate" BEFORE TRUNCATE ON "Promotion"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "promoted_name_append_only" BEFORE UPDATE OR DELETE ON "PromotedName"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "promoted_name_no_truncate" BEFORE TRUNCATE ON "PromotedName"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();

-- Triggers of one event run in the order of their names, and this one before event_stays: the stays are still those before
-- the move. A version that the same transaction archives has its event, and so the end of its stay, after this one.

CREATE FUNCTION "record_promotion"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  body json := NEW."body"::json;
  target "Stage" := CASE WHEN NEW."type" = 'model_version.stage_changed' THEN NEW."toStage" END;
  previous uuid;
BEGIN
  IF NEW."type" = 'alias.set' THEN
    previous := (SELECT v."id" FROM "ModelVersion" AS v
      WHERE v."modelId" = NEW."modelId" AND v."number" = (body->'before'->>'number')::int);
  ELSIF target IN ('STAGING', 'PRODUCTION') THEN
    previous := (SELECT s."versionId" FROM "StageStay" AS s
      WHERE s."modelId" = NEW."modelId" AND s."stage" = target AND s."stage" IN ('STAGING', 'PRODUCTION')
        AND s."until" IS NULL AND s."versionId" <> NEW."versionId"
      ORDER BY s."revision" DESC LIMIT 1);
  ELSE
    RETURN NULL;
  END IF;
  INSERT INTO "Promotion" ("revision", "modelId", "modelName", "versionId", "stage", "alias", "previousId", "heldBefore",
    "overridden", "at", "hash")
  VALUES (NEW."revision", NEW."modelId", NEW."modelName", NEW."versionId", target, NEW."alias", previous,
    EXISTS (SELECT FROM "Promotion" AS p WHERE p."versionId" = NEW."versionId"
      AND p."stage" IS NOT DISTINCT FROM target AND p."alias" IS NOT DISTINCT FROM NEW."alias"),
    coalesce(body->'after'->'decision'->'override'->>'reason' IS NOT NULL, false), NEW."at", NEW."hash");
  INSERT INTO "PromotedName" ("modelId", "name") VALUES (NEW."modelId", NEW."modelName") ON CONFLICT DO NOTHING;
  RETURN NULL;
END;
$$;

CREATE TRIGGER "event_promotion" AFTER INSERT ON "Event"
  FOR EACH ROW WHEN (NEW."type" IN ('model_version.stage_changed', 'alias.set')) EXECUTE FUNCTION "record_promotion"();
