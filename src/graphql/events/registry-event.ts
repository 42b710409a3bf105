import { isSameActor, type Viewer } from "../../domain/access/actor.js";
import { EVENT_TYPES, type EventType } from "../../domain/events/event.js";
import { visibleSnapshot } from "../../domain/events/event-snapshot.js";
import type { JsonObject } from "../../domain/values/json.js";
import type { Event } from "../../store/generated/client.js";
import { Actor, actedBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { actorClaimsField } from "./actor-claims.js";
import { Commit } from "./commit.js";
import { parseBody, type Snapshots } from "./event-body.js";

const camel = (text: string) =>
  text.replace(/(^|[._])([a-z])/g, (_match, _separator, letter: string) => letter.toUpperCase());

/** The name of an event's object type: ModelVersionCreatedEvent for `model_version.created`. */
export function eventTypeName(type: EventType): string {
  return type === "model_version.stage_changed" ? "StageChangedEvent" : `${camel(type)}Event`;
}

export const RegistryEventType = builder.enumType("RegistryEventType", {
  description: "The type of an event: an object and what happened to it.",
  values: Object.fromEntries(
    EVENT_TYPES.map((value) => [
      value.replace(".", "_").toUpperCase(),
      { value, description: `The object type is \`${eventTypeName(value)}\`.` },
    ]),
  ) as Record<string, { value: EventType; description: string }>,
});

/** The type of an event. The column is plain text, but only commands write it. */
export function eventTypeOf({ type }: Pick<Event, "type">): EventType {
  return type as EventType;
}

/** The fields of every event. */
export const RegistryEvent = builder.interfaceRef<Event>("RegistryEvent").implement({
  description:
    "One event of the registry's log. Names and numbers are those at the time of the event; linked objects are as they are now.",
  resolveType: (event) => eventTypeName(eventTypeOf(event)),
  fields: (t) => ({
    id: t.exposeID("id", { description: "The event's id. It is the same in every delivery." }),
    revision: t.expose("revision", {
      type: "Long",
      description: "The event's position in the log: contiguous, in commit order, from 1.",
    }),
    type: t.field({ type: RegistryEventType, description: "What happened.", resolve: eventTypeOf }),
    at: t.expose("at", { type: "DateTime", description: "When it happened." }),
    actor: t.field({ type: Actor, description: "Who did it.", resolve: actedBy }),
    actorClaims: actorClaimsField(t),
    onBehalfOf: t.field({
      type: Actor,
      nullable: true,
      description: "The requester, if an approval made the move with the requester's rights; null otherwise.",
      resolve: (event) => parseBody(event).onBehalfOf,
    }),
    commit: t.field({
      type: Commit,
      description: "The transaction that wrote the event.",
      resolve: (event) => event,
    }),
  }),
});

/**
 * The values before and after the change, without those that the viewer may not see on the live object. Who made the
 * change reads back what it wrote.
 */
export function snapshotsOf(event: Event, viewer: Viewer): Snapshots {
  const { before, after } = parseBody(event);
  const isOwn = isSameActor(viewer.actor, { issuer: event.actorIssuer, subject: event.actorSubject });
  return {
    before: visibleSnapshot(viewer, event.type, before),
    after: visibleSnapshot(viewer, event.type, after, isOwn),
  };
}

/** The names of the fields that changed, also of those whose values the viewer may not see. */
export function changedKeys(event: Event): string[] {
  return Object.keys(parseBody(event).after ?? {}).sort();
}

/** A text in a snapshot; null if there is none. */
export function textOf(snapshot: JsonObject | null, key: string): string | null {
  const value = snapshot?.[key];
  return typeof value === "string" ? value : null;
}

/** A word of a closed list in a snapshot; null if there is none. */
export function wordOf<Word extends string>(
  snapshot: JsonObject | null,
  key: string,
  words: readonly Word[],
): Word | null {
  return words.find((word) => word === snapshot?.[key]) ?? null;
}

export function numberOf(snapshot: JsonObject | null, key: string): number | null {
  const value = snapshot?.[key];
  return typeof value === "number" ? value : null;
}
