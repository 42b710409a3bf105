import type { Actor, ActorKind, Reader } from "../access/actor.js";
import { visibleSnapshot } from "../events/event-snapshot.js";
import { cursorAfter } from "../events/stream-cursor.js";
import { encodeGlobalId } from "../values/global-id.js";
import type { JsonObject } from "../values/json.js";
import type { WebhookEvent } from "./webhook.js";

/** An event as the log stores it. */
export interface LoggedEvent extends WebhookEvent {
  readonly id: string;
  readonly revision: bigint;
  readonly at: Date;
  readonly actorName: string | null;
  readonly actorKind: ActorKind;
  readonly commitId: string;
  readonly commitSize: number;
  readonly commitIndex: number;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly experimentId: string | null;
  readonly modelId: string | null;
  readonly versionId: string | null;
  readonly versionNumber: number | null;
  readonly hash: Uint8Array;
}

interface LoggedBody {
  readonly actor?: { readonly onBehalfOf?: Actor };
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

/** Receivers refuse large bodies, each at a limit of its own. */
const BODY_MAX_BYTES = 256 * 1024;

/**
 * Serializes an event as a CloudEvents 1.0 JSON object, without the fields that the reader may not see. An event over
 * 256 KiB has no `before` and `after`, but `truncated: true`; the receiver can query them.
 */
export function toCloudEvent(event: LoggedEvent, logId: string, reader: Reader): string {
  const { type, body } = event;
  const { actor, before, after } = JSON.parse(body) as LoggedBody;
  const change = { before: visibleSnapshot(reader, type, before), after: visibleSnapshot(reader, type, after) };
  const onBehalfOf = actor?.onBehalfOf ? { onBehalfOf: actor.onBehalfOf } : {};
  const whole = compose(event, logId, { ...onBehalfOf, ...change });
  return Buffer.byteLength(whole) <= BODY_MAX_BYTES ? whole : compose(event, logId, { ...onBehalfOf, truncated: true });
}

function compose(event: LoggedEvent, logId: string, change: object): string {
  const { id, type, at, revision, subjectType, subjectId } = event;
  const data = {
    revision: Number(revision),
    cursor: cursorAfter(logId, event),
    actor: { issuer: event.actorIssuer, subject: event.actorSubject, name: event.actorName, kind: event.actorKind },
    ...about(event),
    ...change,
    commit: { commitId: event.commitId, size: event.commitSize, index: event.commitIndex },
  };
  return envelope({ id, type, at, logId, subject: `${subjectType}/${subjectId}`, data });
}

/** The event that `testWebhook` sends. */
export function pingEvent({ id, at, logId, webhookId }: { id: string; at: Date; logId: string; webhookId: string }) {
  const data = { webhook: encodeGlobalId("Webhook", webhookId) };
  return envelope({ id, type: "ping", at, logId, subject: `Webhook/${webhookId}`, data });
}

interface Envelope {
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly logId: string;
  readonly subject: string;
  readonly data: object;
}

function envelope({ id, type, at, logId, subject, data }: Envelope): string {
  return JSON.stringify({
    specversion: "1.0",
    id,
    source: `shelfmark:${logId}`,
    type: `shelfmark.${type}`,
    time: at.toISOString(),
    subject,
    datacontenttype: "application/json",
    data,
  });
}

/** What the event is about, by the names of that time, with global ids. Keys that do not apply are left out. */
function about({ modelId, modelName, versionId, versionNumber, ...event }: LoggedEvent): object {
  const { experimentId, experimentName, environment, alias, fromStage, toStage } = event;
  return {
    ...(modelId === null ? {} : { model: { id: encodeGlobalId("Model", modelId), name: modelName } }),
    ...(versionId === null
      ? {}
      : { modelVersion: { id: encodeGlobalId("ModelVersion", versionId), number: versionNumber } }),
    ...(experimentId === null
      ? {}
      : { experiment: { id: encodeGlobalId("Experiment", experimentId), name: experimentName } }),
    ...(environment === null ? {} : { environment }),
    ...(alias === null ? {} : { alias }),
    ...(fromStage === null ? {} : { fromStage }),
    ...(toStage === null ? {} : { toStage }),
  };
}
