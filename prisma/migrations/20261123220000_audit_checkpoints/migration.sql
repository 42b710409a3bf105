CREATE TABLE "LogCheckpoint" (
    "revision" BIGINT NOT NULL,
    "keyId" TEXT COLLATE "C" NOT NULL,
    "hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "signature" BYTEA NOT NULL,

    CONSTRAINT "log_checkpoint_pkey" PRIMARY KEY ("revision","keyId")
);

CREATE TRIGGER "log_checkpoint_append_only" BEFORE UPDATE OR DELETE ON "LogCheckpoint"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "log_checkpoint_no_truncate" BEFORE TRUNCATE ON "LogCheckpoint"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();
