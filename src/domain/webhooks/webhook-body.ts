import type { Actor, Reader } from "../access/actor.js";
import { type LoggedEvent, pingEvent, toCloudEvent } from "./cloud-event.js";
import { type Notice, testNotice, toNotice } from "./notice.js";
import { toSlackMessage } from "./slack-message.js";
import { toTeamsMessage } from "./teams-message.js";
import type { WebhookFormat } from "./webhook-format.js";

/** What bodies name besides the event. */
export interface BodyPlaces {
  readonly logId: string;
  /** The origin of the console, for links; null = no links. */
  readonly consoleUrl: string | null;
}

const MESSAGES: Readonly<Record<Exclude<WebhookFormat, "CLOUDEVENTS">, (notice: Notice) => string>> = {
  SLACK: toSlackMessage,
  TEAMS: toTeamsMessage,
};

/** The body that tells the reader of the event, without what the reader may not see. */
export function toWebhookBody(format: WebhookFormat, event: LoggedEvent, places: BodyPlaces, reader: Reader): string {
  return format === "CLOUDEVENTS"
    ? toCloudEvent(event, places.logId, reader)
    : MESSAGES[format](toNotice(event, places.consoleUrl, reader));
}

interface Test {
  readonly id: string;
  readonly at: Date;
  readonly webhookId: string;
  readonly actor: Actor;
}

/** The body that `testWebhook` sends. */
export function toTestBody(format: WebhookFormat, { actor, ...ping }: Test, { logId, consoleUrl }: BodyPlaces): string {
  return format === "CLOUDEVENTS"
    ? pingEvent({ ...ping, logId })
    : MESSAGES[format](testNotice(actor, ping.at, consoleUrl));
}
