-- Who wrote a tag, a param and the latest value of a metric, with what their token held at that time: a policy that asks for
-- evidence also says whose evidence counts. Rows from before have no author: nobody knows what the token of then held.

CREATE TABLE "Author" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "name" TEXT,
    "kind" "ActorKind" NOT NULL,
    "scopes" TEXT[] NOT NULL,
    "groups" TEXT[] NOT NULL,

    CONSTRAINT "author_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "author_key_key" ON "Author"("key");

ALTER TABLE "ModelTag" ADD COLUMN "setById" BIGINT;

ALTER TABLE "ModelVersionTag" ADD COLUMN "setById" BIGINT;

ALTER TABLE "ExperimentTag" ADD COLUMN "setById" BIGINT;

ALTER TABLE "RunTag" ADD COLUMN "setById" BIGINT;

ALTER TABLE "DatasetTag" ADD COLUMN "setById" BIGINT;

ALTER TABLE "RunParam" ADD COLUMN "authorId" BIGINT;

ALTER TABLE "MetricSeries" ADD COLUMN "authorId" BIGINT;

ALTER TABLE "ModelTag" ADD CONSTRAINT "model_tag_set_by_fkey" FOREIGN KEY ("setById") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "ModelVersionTag" ADD CONSTRAINT "model_version_tag_set_by_fkey" FOREIGN KEY ("setById") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "ExperimentTag" ADD CONSTRAINT "experiment_tag_set_by_fkey" FOREIGN KEY ("setById") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "RunTag" ADD CONSTRAINT "run_tag_set_by_fkey" FOREIGN KEY ("setById") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "DatasetTag" ADD CONSTRAINT "dataset_tag_set_by_fkey" FOREIGN KEY ("setById") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "RunParam" ADD CONSTRAINT "run_param_author_fkey" FOREIGN KEY ("authorId") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE "MetricSeries" ADD CONSTRAINT "metric_series_author_fkey" FOREIGN KEY ("authorId") REFERENCES "Author"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

CREATE TRIGGER "author_append_only" BEFORE UPDATE OR DELETE ON "Author"
  FOR EACH ROW EXECUTE FUNCTION "refuse_history_change"();
CREATE TRIGGER "author_no_truncate" BEFORE TRUNCATE ON "Author"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_history_change"();

-- The id of an author, who is inserted when first seen. The key is made here, where rows are inserted, so that no row has a
-- key of other content. It is not md5: whoever can choose a display name could make one that collides with another author.
--
-- A transaction that inserts a new author keeps others of the same author waiting here until it ends. It cannot wait for them
-- in turn: a command calls this after it has taken its locks, before it writes a tag, a param or a series, and for one author.

CREATE FUNCTION "author_id"("author" json) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  hash text := encode(sha256(convert_to(jsonb_build_array(author->'issuer', author->'subject', author->'name', author->'kind',
    author->'scopes', author->'groups')::text, 'UTF8')), 'hex');
  known bigint := (SELECT a."id" FROM "Author" AS a WHERE a."key" = hash);
BEGIN
  IF known IS NOT NULL THEN
    RETURN known;
  END IF;
  INSERT INTO "Author" ("key", "issuer", "subject", "name", "kind", "scopes", "groups")
  VALUES (hash, author->>'issuer', author->>'subject', author->>'name', (author->>'kind')::"ActorKind",
    ARRAY(SELECT json_array_elements_text(author->'scopes')), ARRAY(SELECT json_array_elements_text(author->'groups')))
  ON CONFLICT DO NOTHING
  RETURNING "id" INTO known;
  RETURN coalesce(known, (SELECT a."id" FROM "Author" AS a WHERE a."key" = hash));
END;
$$;
