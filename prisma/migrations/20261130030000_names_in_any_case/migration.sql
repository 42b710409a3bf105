-- Names have the collation "C", so that they are ordered byte by byte; in it ILIKE knows the letters A to Z only. These copies
-- have the database's own collation. Each is written by the database when its name is.
ALTER TABLE "Model" ADD COLUMN "nameText" TEXT NOT NULL GENERATED ALWAYS AS ("name") STORED;
ALTER TABLE "Experiment" ADD COLUMN "nameText" TEXT NOT NULL GENERATED ALWAYS AS ("name") STORED;
ALTER TABLE "Dataset" ADD COLUMN "nameText" TEXT NOT NULL GENERATED ALWAYS AS ("name") STORED;
ALTER TABLE "Deployment" ADD COLUMN "environmentText" TEXT NOT NULL GENERATED ALWAYS AS ("environment") STORED,
ADD COLUMN "endpointText" TEXT NOT NULL GENERATED ALWAYS AS ("endpoint") STORED;
