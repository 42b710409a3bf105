-- A request that is executed by its last approval: with the rights that its requester had, on whose behalf the move is made.

ALTER TABLE "PromotionRequest" ADD COLUMN "autoExecute" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "PromotionRequest" ADD COLUMN "requesterRights" JSONB;
ALTER TABLE "PromotionRequest" ADD CONSTRAINT "promotion_request_rights_check" CHECK ("autoExecute" = ("requesterRights" IS NOT NULL));

-- An approval by a token that is revoked later does not count.

ALTER TABLE "PromotionReview" ADD COLUMN "tokenId" TEXT;
ALTER TABLE "PromotionReview" ADD COLUMN "tokenIssuedAt" TIMESTAMPTZ(3);

ALTER TABLE "PromotionDecision" ADD COLUMN "onBehalfOfIssuer" TEXT;
ALTER TABLE "PromotionDecision" ADD COLUMN "onBehalfOfSubject" TEXT;
ALTER TABLE "PromotionDecision" ADD COLUMN "onBehalfOfName" TEXT;
ALTER TABLE "PromotionDecision" ADD COLUMN "onBehalfOfKind" "ActorKind";

CREATE OR REPLACE FUNCTION "record_promotion_decision"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  decision jsonb := NEW."body"::jsonb->'after'->'decision';
  requester jsonb := NEW."body"::jsonb->'actor'->'onBehalfOf';
BEGIN
  IF decision IS NOT NULL THEN
    INSERT INTO "PromotionDecision" ("id", "modelId", "versionId", "stage", "alias", "isRollback", "overrideReason",
      "policies", "rules", "at", "revision", "actorIssuer", "actorSubject", "actorName", "actorKind",
      "onBehalfOfIssuer", "onBehalfOfSubject", "onBehalfOfName", "onBehalfOfKind")
    VALUES (NEW."id", NEW."modelId", NEW."versionId", NEW."toStage", NEW."alias", (decision->>'isRollback')::boolean,
      decision->'override'->>'reason', decision->'policies', decision->'rules', NEW."at", NEW."revision",
      NEW."actorIssuer", NEW."actorSubject", NEW."actorName", NEW."actorKind",
      requester->>'issuer', requester->>'subject', requester->>'name', (requester->>'kind')::"ActorKind");
  END IF;
  RETURN NULL;
END;
$$;

-- Prisma compares an enum with a text that is cast when the statement runs, so it never meets the condition of a partial index.

DROP INDEX "promotion_request_open_idx";
DROP INDEX "promotion_request_live_expires_idx";
DROP INDEX "promotion_request_live_checked_idx";
CREATE INDEX "promotion_request_status_idx" ON "PromotionRequest"("status", "createdAt", "id");
