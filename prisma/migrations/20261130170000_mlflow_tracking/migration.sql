-- What MLflow's tracking API needs besides what runs and experiments have: the number that its clients know an experiment by, where
-- artifacts are, the tags of a dataset input, and the texts of a dataset as the client wrote them (jsonb reorders their keys).

-- Numbers are from a sequence: concurrent inserts neither wait for each other nor collide. A refused insert leaves a gap.
CREATE SEQUENCE "Experiment_number_seq" AS integer;

ALTER TABLE "Experiment" ADD COLUMN "number" INTEGER,
ADD COLUMN "artifactRoot" TEXT;

-- MLflow's experiment 0 is called Default.
UPDATE "Experiment" AS e SET "number" = CASE WHEN n."isDefault" THEN 0 ELSE n."place" END
FROM (
  SELECT "id", coalesce("liveName" = 'Default', false) AS "isDefault",
    row_number() OVER (PARTITION BY coalesce("liveName" = 'Default', false) ORDER BY "createdAt", "id") AS "place"
  FROM "Experiment"
) AS n WHERE n."id" = e."id";

SELECT setval('"Experiment_number_seq"', max("number")) FROM "Experiment" HAVING max("number") > 0;

ALTER SEQUENCE "Experiment_number_seq" OWNED BY "Experiment"."number";

ALTER TABLE "Experiment" ALTER COLUMN "number" SET DEFAULT nextval('"Experiment_number_seq"'),
ALTER COLUMN "number" SET NOT NULL;

CREATE UNIQUE INDEX "experiment_number_key" ON "Experiment"("number");

ALTER TABLE "Experiment" ADD CONSTRAINT "experiment_number_check" CHECK ("number" >= 0);

-- A number is part of the address of artifacts.
CREATE FUNCTION "refuse_experiment_number_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an experiment keeps its number' USING ERRCODE = 'check_violation', CONSTRAINT = 'experiment_identity';
END;
$$;

CREATE TRIGGER "experiment_number_change" BEFORE UPDATE ON "Experiment"
  FOR EACH ROW WHEN (NEW."number" IS DISTINCT FROM OLD."number") EXECUTE FUNCTION "refuse_experiment_number_change"();

-- Null for the runs from before this migration: their address follows from the number of the experiment.
ALTER TABLE "Run" ADD COLUMN "artifactUri" TEXT;

-- MLflow's clients may report an end before the start. Commands hold GraphQL's clients to the order.
ALTER TABLE "Run" DROP CONSTRAINT "run_ended_check",
ADD CONSTRAINT "run_ended_check" CHECK (("endedAt" IS NOT NULL) = ("status" IN ('FINISHED', 'FAILED', 'KILLED')));

ALTER TABLE "LineageEdge" ADD COLUMN "tags" JSONB;

ALTER TABLE "Dataset" ADD COLUMN "sourceText" TEXT,
ADD COLUMN "schemaText" TEXT,
ADD COLUMN "profileText" TEXT;
