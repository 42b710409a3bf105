-- Promotions that wait for others: who asked, who reviewed, and what they saw.

CREATE TYPE "PromotionRequestStatus" AS ENUM ('OPEN', 'APPROVED', 'EXECUTED', 'REJECTED', 'CANCELLED', 'EXPIRED', 'STALE');

CREATE TYPE "PromotionVerdict" AS ENUM ('APPROVE', 'REJECT');

CREATE TABLE "PromotionRequest" (
    "id" UUID NOT NULL,
    "modelId" UUID NOT NULL,
    "versionId" UUID NOT NULL,
    "stage" "Stage",
    "alias" TEXT COLLATE "C",
    "status" "PromotionRequestStatus" NOT NULL,
    "round" INTEGER NOT NULL,
    "reason" TEXT,
    "archiveExisting" BOOLEAN NOT NULL,
    "seen" JSONB NOT NULL,
    "staleReasons" TEXT[] NOT NULL,
    "approvedBy" TEXT[] NOT NULL,
    "lifetimeSeconds" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "checkedAt" TIMESTAMPTZ(3) NOT NULL,
    "closedAt" TIMESTAMPTZ(3),
    "decisionId" UUID,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,

    CONSTRAINT "promotion_request_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "promotion_request_created_idx" ON "PromotionRequest"("createdAt", "id");

CREATE INDEX "promotion_request_model_idx" ON "PromotionRequest"("modelId", "createdAt", "id");

CREATE INDEX "promotion_request_version_idx" ON "PromotionRequest"("versionId", "createdAt", "id");

ALTER TABLE "PromotionRequest" ADD CONSTRAINT "promotion_request_model_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "PromotionRequest" ADD CONSTRAINT "promotion_request_version_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "PromotionRequest" ADD CONSTRAINT "promotion_request_decision_fkey" FOREIGN KEY ("decisionId") REFERENCES "PromotionDecision"("id") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE "PromotionRequest" ADD CONSTRAINT "promotion_request_target_check" CHECK (num_nonnulls("stage", "alias") = 1);

-- One request at a time for a version and a target, and what the sweeper and the inbox look for.

CREATE UNIQUE INDEX "promotion_request_live_stage_key" ON "PromotionRequest"("versionId", "stage") WHERE "status" IN ('OPEN', 'APPROVED') AND "stage" IS NOT NULL;
CREATE UNIQUE INDEX "promotion_request_live_alias_key" ON "PromotionRequest"("versionId", "alias") WHERE "status" IN ('OPEN', 'APPROVED') AND "alias" IS NOT NULL;
CREATE INDEX "promotion_request_live_expires_idx" ON "PromotionRequest"("expiresAt") WHERE "status" IN ('OPEN', 'APPROVED');
CREATE INDEX "promotion_request_live_checked_idx" ON "PromotionRequest"("checkedAt") WHERE "status" IN ('OPEN', 'APPROVED');
CREATE INDEX "promotion_request_open_idx" ON "PromotionRequest"("createdAt", "id") WHERE "status" = 'OPEN';

-- What somebody said about a request. A request that is asked again begins another round, with no reviews.

CREATE TABLE "PromotionReview" (
    "id" UUID NOT NULL,
    "requestId" UUID NOT NULL,
    "round" INTEGER NOT NULL,
    "verdict" "PromotionVerdict" NOT NULL,
    "comment" TEXT,
    "rules" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "authorId" BIGINT NOT NULL,
    "reviewerIssuer" TEXT NOT NULL,
    "reviewerSubject" TEXT NOT NULL,

    CONSTRAINT "promotion_review_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "promotion_review_person_key" ON "PromotionReview"("requestId", "round", "reviewerIssuer", "reviewerSubject");

ALTER TABLE "PromotionReview" ADD CONSTRAINT "promotion_review_request_fkey" FOREIGN KEY ("requestId") REFERENCES "PromotionRequest"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "PromotionReview" ADD CONSTRAINT "promotion_review_author_fkey" FOREIGN KEY ("authorId") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

CREATE TRIGGER "promotion_review_append_only" BEFORE UPDATE OR DELETE ON "PromotionReview"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "promotion_review_no_truncate" BEFORE TRUNCATE ON "PromotionReview"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();

CREATE TABLE "PromotionComment" (
    "id" UUID NOT NULL,
    "requestId" UUID NOT NULL,
    "body" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,

    CONSTRAINT "promotion_comment_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "promotion_comment_request_idx" ON "PromotionComment"("requestId", "createdAt", "id");

ALTER TABLE "PromotionComment" ADD CONSTRAINT "promotion_comment_request_fkey" FOREIGN KEY ("requestId") REFERENCES "PromotionRequest"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

CREATE TRIGGER "promotion_comment_append_only" BEFORE UPDATE OR DELETE ON "PromotionComment"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "promotion_comment_no_truncate" BEFORE TRUNCATE ON "PromotionComment"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();
