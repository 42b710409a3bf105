import type { Actor, RecordedClaims } from "../../domain/access/actor.js";
import type { JsonObject } from "../../domain/values/json.js";
import type { Event } from "../../store/generated/client.js";

export interface Snapshots {
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

interface ParsedBody extends Snapshots {
  readonly claims: RecordedClaims;
  /** Null if the actor did it for nobody else. */
  readonly onBehalfOf: Actor | null;
}

interface LoggedActor {
  readonly claims?: RecordedClaims;
  readonly onBehalfOf?: Actor;
}

const parsed = new WeakMap<Event, ParsedBody>();

/** All that the event holds; parsed once for all fields of an event. */
export function parseBody(event: Event): ParsedBody {
  const known = parsed.get(event);
  if (known) return known;
  const { actor, before, after } = JSON.parse(event.body) as Snapshots & { actor?: LoggedActor };
  const body = { before, after, claims: actor?.claims ?? {}, onBehalfOf: actor?.onBehalfOf ?? null };
  parsed.set(event, body);
  return body;
}

/** The claims that the event keeps of its actor's token, in the order of their names. */
export function recordedClaimsOf(event: Event): { name: string; value: string }[] {
  return Object.entries(parseBody(event).claims).map(([name, value]) => ({ name, value: String(value) }));
}
