/** What a webhook sends: CloudEvents for programs, or messages that Slack and Microsoft Teams show to people. */
export const WEBHOOK_FORMATS = ["CLOUDEVENTS", "SLACK", "TEAMS"] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

export const CONTENT_TYPES: Readonly<Record<WebhookFormat, string>> = {
  CLOUDEVENTS: "application/cloudevents+json; charset=utf-8",
  SLACK: "application/json; charset=utf-8",
  TEAMS: "application/json; charset=utf-8",
};

/** Whether the same message may be accepted later, never will be, or the address itself no longer exists. */
export type RefusalMeaning = "RETRY" | "FINAL" | "GONE";

const HTTP_GONE = 410;

/**
 * What Slack's incoming webhooks answer for good: 400 for a message that it cannot read, 403 for a workspace that forbids
 * such messages, 404 and 410 for a webhook or channel that no longer exists. A flow of Power Automate that is switched off
 * answers with 4xx too and may be switched on again, so those are repeated.
 */
const MEANINGS: Readonly<Record<WebhookFormat, Readonly<Record<number, RefusalMeaning>>>> = {
  CLOUDEVENTS: { [HTTP_GONE]: "GONE" },
  SLACK: { 400: "FINAL", 403: "FINAL", 404: "GONE", [HTTP_GONE]: "GONE" },
  TEAMS: { [HTTP_GONE]: "GONE" },
};

export function meaningOfRefusal(format: WebhookFormat, responseCode: number | null): RefusalMeaning {
  return (responseCode === null ? undefined : MEANINGS[format][responseCode]) ?? "RETRY";
}

/** The words with which Slack says why it refused a message. Nothing else of an answer is shown. */
const SLACK_WORDS: readonly string[] = [
  "action_prohibited",
  "channel_is_archived",
  "channel_not_found",
  "invalid_blocks",
  "invalid_payload",
  "invalid_token",
  "no_active_hooks",
  "no_service",
  "no_service_id",
  "no_team",
  "no_text",
  "posting_to_general_channel_denied",
  "rate_limited",
  "rollup_error",
  "team_disabled",
  "too_many_attachments",
  "user_not_found",
];

export function wordOfRefusal(format: WebhookFormat, answer: string): string | null {
  const word = answer.trim();
  return format === "SLACK" && SLACK_WORDS.includes(word) ? word : null;
}
