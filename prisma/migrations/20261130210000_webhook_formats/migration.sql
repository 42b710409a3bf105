-- What a webhook sends: CloudEvents for programs, or messages for people in Slack and Microsoft Teams. Webhooks from before
-- there was a choice send CloudEvents.

CREATE TYPE "WebhookFormat" AS ENUM ('CLOUDEVENTS', 'SLACK', 'TEAMS');

ALTER TABLE "Webhook" ADD COLUMN "format" "WebhookFormat" NOT NULL DEFAULT 'CLOUDEVENTS';
