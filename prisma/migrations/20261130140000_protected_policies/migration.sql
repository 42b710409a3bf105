-- A protected policy changes when a second person approves it.

CREATE TYPE "PolicyChangeKind" AS ENUM ('CHANGE', 'DELETE');

CREATE TYPE "PolicyChangeStatus" AS ENUM ('OPEN', 'APPLIED', 'REJECTED', 'CANCELLED', 'EXPIRED', 'STALE');

CREATE TABLE "PolicyChangeRequest" (
    "id" UUID NOT NULL,
    "policyId" UUID NOT NULL,
    "kind" "PolicyChangeKind" NOT NULL,
    "status" "PolicyChangeStatus" NOT NULL,
    "proposal" JSONB,
    "expectedRevision" INTEGER NOT NULL,
    "reason" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "closedAt" TIMESTAMPTZ(3),
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,
    "reviewedByIssuer" TEXT,
    "reviewedBySubject" TEXT,
    "reviewedByName" TEXT,
    "reviewedByKind" "ActorKind",
    "comment" TEXT,

    CONSTRAINT "policy_change_request_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "policy_change_request_created_idx" ON "PolicyChangeRequest"("createdAt", "id");

CREATE INDEX "policy_change_request_policy_idx" ON "PolicyChangeRequest"("policyId", "createdAt", "id");

ALTER TABLE "PolicyChangeRequest" ADD CONSTRAINT "policy_change_request_policy_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "PolicyChangeRequest" ADD CONSTRAINT "policy_change_request_proposal_check" CHECK (("kind" = 'DELETE') = ("proposal" IS NULL));

-- One open request for a policy, and what the sweeper looks for.

CREATE UNIQUE INDEX "policy_change_request_open_key" ON "PolicyChangeRequest"("policyId") WHERE "status" = 'OPEN';
CREATE INDEX "policy_change_request_open_expires_idx" ON "PolicyChangeRequest"("expiresAt") WHERE "status" = 'OPEN';

-- What is proposed, and by whom, stays as it was: somebody approves exactly that. A request that is closed stays closed.

CREATE FUNCTION "keep_policy_change_request"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD."status" <> 'OPEN' OR (NEW."id", NEW."policyId", NEW."kind", NEW."proposal",
      NEW."expectedRevision", NEW."reason", NEW."createdAt", NEW."createdByIssuer", NEW."createdBySubject")
      IS DISTINCT FROM (OLD."id", OLD."policyId", OLD."kind", OLD."proposal",
      OLD."expectedRevision", OLD."reason", OLD."createdAt", OLD."createdByIssuer", OLD."createdBySubject") THEN
    RAISE EXCEPTION 'a request to change a policy stays as it was proposed, and closed once it is closed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER "policy_change_request_kept" BEFORE UPDATE OR DELETE ON "PolicyChangeRequest"
  FOR EACH ROW EXECUTE FUNCTION "keep_policy_change_request"();
CREATE TRIGGER "policy_change_request_no_truncate" BEFORE TRUNCATE ON "PolicyChangeRequest"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();

-- A protected policy changes only with a request that was applied to its present revision. The database holds it, also
-- against a server of an earlier release, which does not know that policies can be protected.

CREATE FUNCTION "refuse_protected_policy_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM "PolicyChangeRequest" AS r
    WHERE r."policyId" = OLD."id" AND r."expectedRevision" = OLD."revision" AND r."status" = 'APPLIED') THEN
    RAISE EXCEPTION 'the policy % is protected', OLD."name"
      USING ERRCODE = 'check_violation', CONSTRAINT = 'policy_protected';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER "policy_protected" BEFORE UPDATE ON "Policy"
  FOR EACH ROW WHEN (OLD."deletedAt" IS NULL AND OLD."definition"->'protected' = 'true')
  EXECUTE FUNCTION "refuse_protected_policy_change"();

-- Whoever looked at an override, and what they said.

CREATE TABLE "OverrideReview" (
    "decisionId" UUID NOT NULL,
    "comment" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "reviewerIssuer" TEXT NOT NULL,
    "reviewerSubject" TEXT NOT NULL,
    "reviewerName" TEXT,
    "reviewerKind" "ActorKind" NOT NULL,

    CONSTRAINT "override_review_pkey" PRIMARY KEY ("decisionId")
);

ALTER TABLE "OverrideReview" ADD CONSTRAINT "override_review_decision_fkey" FOREIGN KEY ("decisionId") REFERENCES "PromotionDecision"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

CREATE TRIGGER "override_review_append_only" BEFORE UPDATE OR DELETE ON "OverrideReview"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "override_review_no_truncate" BEFORE TRUNCATE ON "OverrideReview"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();
