CREATE TYPE "WebhookDeliveryStatus" AS ENUM ('PENDING', 'DELIVERED', 'FAILED');

CREATE TABLE "Webhook" (
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT,
    "filter" JSONB NOT NULL,
    "rights" JSONB NOT NULL,
    "keyId" TEXT NOT NULL,
    "secret" BYTEA,
    "previousSecret" BYTEA,
    "previousSecretUntil" TIMESTAMPTZ(3),
    "disabledAt" TIMESTAMPTZ(3),
    "disabledReason" TEXT,
    "position" BIGINT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdByIssuer" TEXT NOT NULL,
    "createdBySubject" TEXT NOT NULL,
    "createdByName" TEXT,
    "createdByKind" "ActorKind" NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "WebhookDelivery" (
    "id" UUID NOT NULL,
    "webhookId" UUID NOT NULL,
    "revision" BIGINT NOT NULL,
    "turn" BIGINT NOT NULL,
    "eventType" TEXT NOT NULL,
    "body" TEXT,
    "status" "WebhookDeliveryStatus" NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(3),
    "leasedUntil" TIMESTAMPTZ(3),
    "responseCode" INTEGER,
    "latencyMs" INTEGER,
    "error" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "queuedAt" TIMESTAMPTZ(3) NOT NULL,
    "deliveredAt" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "webhook_created_idx" ON "Webhook"("createdAt", "id");

CREATE INDEX "webhook_owner_idx" ON "Webhook"("createdBySubject", "createdByIssuer", "createdAt", "id");

CREATE INDEX "webhook_delivery_created_idx" ON "WebhookDelivery"("createdAt");

CREATE UNIQUE INDEX "webhook_delivery_event_key" ON "WebhookDelivery"("webhookId", "revision");

ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "webhook_delivery_webhook_fkey" FOREIGN KEY ("webhookId") REFERENCES "Webhook"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- The queue of each webhook; what is over does not stand in it.

CREATE INDEX "webhook_delivery_queue_idx" ON "WebhookDelivery" ("webhookId", "turn", "revision") WHERE "status" = 'PENDING';

ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "webhook_delivery_pending_check"
  CHECK (("status" = 'PENDING') = ("nextAttemptAt" IS NOT NULL));

ALTER TABLE "Webhook" ADD CONSTRAINT "webhook_secret_check" CHECK (("secret" IS NULL) = ("deletedAt" IS NOT NULL));

-- As before, but what an enabled webhook has not read yet stays in the log.

CREATE OR REPLACE FUNCTION "compact_events"(until bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last "Event"%ROWTYPE;
  gone bigint;
BEGIN
  PERFORM FROM "EventHead" AS h WHERE h."id" = 1 FOR UPDATE;
  until := least(until, (SELECT min(w."position") FROM "Webhook" AS w WHERE w."deletedAt" IS NULL AND w."disabledAt" IS NULL));
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
