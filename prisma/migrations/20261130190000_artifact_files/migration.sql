-- The files of the artifact folder: one row for each, by the path that clients know. The folder holds each file under the id
-- of its row and never changes it, so this row is what makes a file exist: it is written when the file is on disk.

CREATE TABLE "ArtifactFile" (
    "id" UUID NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,
    "size" BIGINT NOT NULL,
    "sha256" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,

    CONSTRAINT "artifact_file_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "artifact_file_path_key" ON "ArtifactFile"("path");

ALTER TABLE "ArtifactFile"
  ADD CONSTRAINT "artifact_file_size_check" CHECK ("size" >= 0),
  ADD CONSTRAINT "artifact_file_sha256_check" CHECK (octet_length("sha256") = 32),
  -- an index cannot hold a longer path
  ADD CONSTRAINT "artifact_file_path_check" CHECK (octet_length("path") BETWEEN 1 AND 2000);

-- Files of the folder that no row names any more and that may still be on disk.

CREATE TABLE "ArtifactRemoval" (
    "fileId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "artifact_removal_pkey" PRIMARY KEY ("fileId")
);

-- What the files take, for the quota. Whoever changes files locks this row first, so it is also what makes them wait for each
-- other: a file and a folder of the same name cannot be made at once.

CREATE TABLE "ArtifactUsage" (
    "id" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "artifact_usage_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "artifact_usage_single_check" CHECK ("id" = 1),
    CONSTRAINT "artifact_usage_bytes_check" CHECK ("bytes" >= 0)
);

INSERT INTO "ArtifactUsage" ("id", "bytes") VALUES (1, 0);
