CREATE TABLE "Revocation" (
    "id" UUID NOT NULL,
    "tokenId" TEXT,
    "issuer" TEXT,
    "subject" TEXT,
    "issuedBefore" TIMESTAMPTZ(3),
    "reason" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,

    CONSTRAINT "revocation_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "revocation_created_idx" ON "Revocation"("createdAt", "id");

-- Either one token, or all that somebody was given before a time.

ALTER TABLE "Revocation" ADD CONSTRAINT "revocation_of_check" CHECK (
  num_nonnulls("tokenId", "subject") = 1 AND ("subject" IS NULL) = ("issuer" IS NULL) AND ("subject" IS NULL) = ("issuedBefore" IS NULL)
);

CREATE TRIGGER "revocation_append_only" BEFORE UPDATE OR DELETE ON "Revocation"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "revocation_no_truncate" BEFORE TRUNCATE ON "Revocation"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();
