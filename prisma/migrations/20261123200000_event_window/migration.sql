ALTER TABLE "EventHead" ADD COLUMN "compactedAt" TIMESTAMPTZ(3),
ADD COLUMN "compactedHash" BYTEA,
ADD COLUMN "compactedRevision" BIGINT NOT NULL DEFAULT 0;

-- Old events may leave the log, in order and with the hash of the last of them kept; nothing else may.

CREATE FUNCTION "refuse_event_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM "EventHead" AS h WHERE OLD."revision" <= h."compactedRevision") THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
END;
$$;

DROP TRIGGER "event_append_only" ON "Event";
CREATE TRIGGER "event_append_only" BEFORE UPDATE OR DELETE ON "Event"
  FOR EACH ROW EXECUTE FUNCTION "refuse_event_change"();

-- Takes the oldest events out of the log, whole transactions of them, up to a revision. Returns how many.

CREATE FUNCTION "compact_events"(until bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last "Event"%ROWTYPE;
  gone bigint;
BEGIN
  PERFORM FROM "EventHead" AS h WHERE h."id" = 1 FOR UPDATE;
  SELECT * INTO last FROM "Event" AS e WHERE e."revision" <= until AND e."commitIndex" = e."commitSize" - 1
    ORDER BY e."revision" DESC LIMIT 1;
  IF last."revision" IS NULL THEN
    RETURN 0;
  END IF;
  UPDATE "EventHead" AS h SET "compactedRevision" = last."revision", "compactedHash" = last."hash", "compactedAt" = last."at"
    WHERE h."id" = 1;
  DELETE FROM "Event" AS e WHERE e."revision" <= last."revision";
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END;
$$;
