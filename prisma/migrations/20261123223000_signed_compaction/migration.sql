ALTER TABLE "LogCheckpoint" ADD COLUMN "purpose" TEXT COLLATE "C" NOT NULL DEFAULT 'HEAD';
ALTER TABLE "LogCheckpoint" ALTER COLUMN "purpose" DROP DEFAULT,
ADD CONSTRAINT "log_checkpoint_purpose" CHECK ("purpose" IN ('HEAD', 'COMPACTION'));

ALTER TABLE "LogCheckpoint" DROP CONSTRAINT "log_checkpoint_pkey",
ADD CONSTRAINT "log_checkpoint_pkey" PRIMARY KEY ("revision", "keyId", "purpose");
