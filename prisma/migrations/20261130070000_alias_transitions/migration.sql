-- Who moved an alias, from which version to which, and why: what StageTransition is for stages.

CREATE TABLE "AliasTransition" (
    "id" UUID NOT NULL,
    "modelId" UUID NOT NULL,
    "alias" TEXT COLLATE "C" NOT NULL,
    "fromVersionId" UUID,
    "toVersionId" UUID,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "revision" BIGINT NOT NULL,
    "actorIssuer" TEXT NOT NULL,
    "actorSubject" TEXT NOT NULL,
    "actorName" TEXT,
    "actorKind" "ActorKind" NOT NULL,

    CONSTRAINT "alias_transition_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "alias_transition_model_idx" ON "AliasTransition"("modelId", "revision");

CREATE INDEX "alias_transition_alias_idx" ON "AliasTransition"("alias", "revision");

CREATE INDEX "alias_transition_to_idx" ON "AliasTransition"("toVersionId", "revision");

CREATE INDEX "alias_transition_from_idx" ON "AliasTransition"("fromVersionId", "revision");

CREATE INDEX "alias_transition_actor_idx" ON "AliasTransition"("actorSubject", "actorIssuer", "revision");

CREATE INDEX "alias_transition_at_idx" ON "AliasTransition"("at");

CREATE UNIQUE INDEX "alias_transition_revision_key" ON "AliasTransition"("revision");

ALTER TABLE "AliasTransition" ADD CONSTRAINT "alias_transition_model_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "AliasTransition" ADD CONSTRAINT "alias_transition_from_fkey" FOREIGN KEY ("fromVersionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "AliasTransition" ADD CONSTRAINT "alias_transition_to_fkey" FOREIGN KEY ("toVersionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "AliasTransition" ADD CONSTRAINT "alias_transition_of_check" CHECK (num_nonnulls("fromVersionId", "toVersionId") >= 1);

-- What happened before this migration, as far as the log still holds it, by the rule of the function below.

INSERT INTO "AliasTransition" ("id", "modelId", "alias", "fromVersionId", "toVersionId", "reason", "at", "revision",
  "actorIssuer", "actorSubject", "actorName", "actorKind")
SELECT e."id", e."modelId", e."alias",
  CASE e."type" WHEN 'alias.set' THEN v."id" ELSE e."versionId" END,
  CASE e."type" WHEN 'alias.set' THEN e."versionId" END,
  e."body"::json->'after'->>'reason', e."at", e."revision", e."actorIssuer", e."actorSubject", e."actorName", e."actorKind"
FROM "Event" AS e
LEFT JOIN "ModelVersion" AS v ON v."modelId" = e."modelId" AND v."number" = (e."body"::json->'before'->>'number')::int
WHERE e."type" IN ('alias.set', 'alias.deleted')
ORDER BY e."revision";

CREATE TRIGGER "alias_transition_append_only" BEFORE UPDATE OR DELETE ON "AliasTransition"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "alias_transition_no_truncate" BEFORE TRUNCATE ON "AliasTransition"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();

-- A move is told once, as an event; the transition is that event's row among the nouns. The event holds the number of the
-- version that the alias left, and versions keep their numbers.

CREATE FUNCTION "record_alias_transition"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  body json := NEW."body"::json;
  source uuid := NEW."versionId";
  target uuid;
BEGIN
  IF NEW."type" = 'alias.set' THEN
    target := NEW."versionId";
    source := (SELECT v."id" FROM "ModelVersion" AS v
      WHERE v."modelId" = NEW."modelId" AND v."number" = (body->'before'->>'number')::int);
  END IF;
  INSERT INTO "AliasTransition" ("id", "modelId", "alias", "fromVersionId", "toVersionId", "reason", "at", "revision",
    "actorIssuer", "actorSubject", "actorName", "actorKind")
  VALUES (NEW."id", NEW."modelId", NEW."alias", source, target, body->'after'->>'reason', NEW."at", NEW."revision",
    NEW."actorIssuer", NEW."actorSubject", NEW."actorName", NEW."actorKind");
  RETURN NULL;
END;
$$;

CREATE TRIGGER "event_alias_transition" AFTER INSERT ON "Event"
  FOR EACH ROW WHEN (NEW."type" IN ('alias.set', 'alias.deleted')) EXECUTE FUNCTION "record_alias_transition"();
