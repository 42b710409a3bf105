import type { InterfaceRef, ObjectRef } from "@pothos/core";
import { UnauthenticatedError } from "../../domain/errors.js";
import { createEventMatcher, type EventFilter } from "../../domain/events/event-filter.js";
import { EventStream, type StreamMessage } from "../../store/events/event-stream.js";
import { keepSeen } from "../../store/events/event-visibility.js";
import type { StreamStart } from "../../store/events/stream-start.js";
import type { Event } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import type { GraphQLContext } from "../request/context.js";

type Types = (typeof builder)["$inferSchemaTypes"];

export const STREAM_ARGS = builder.args((t) => ({
  after: t.string({
    description:
      "Start after this cursor of a message, of an edge of `events`, of `holders` or of `head`. A cursor that the log does not know is `HISTORY_DIVERGED`. A cursor older than what the log still holds is `HISTORY_COMPACTED`.",
  }),
  since: t.field({
    type: "DateTime",
    description: "Start with the first event at this time or later. Not together with `after`.",
  }),
}));

export const STREAM_PROMISE =
  "A stream delivers its events in order, without gaps and without repeats. After a reconnect, pass the last cursor as `after`; across reconnects delivery is at least once. Without `after` and `since` a stream starts at the current head. It ends when the token expires.";

/** The type of a stream's messages: a cursor, and an event or null. */
export function streamMessage(
  name: string,
  stream: string,
  event: InterfaceRef<Types, Event> | ObjectRef<Types, Event>,
) {
  return builder.objectRef<StreamMessage>(name).implement({
    description: `A message of the stream \`${stream}\`. The first message is a bookmark.`,
    fields: (t) => ({
      cursor: t.exposeString("cursor", {
        description:
          "The position of the message. Everything up to it was delivered; `after: cursor` continues from it.",
      }),
      event: t.field({
        type: event,
        nullable: true,
        description: "The event; null for a bookmark, which only advances the cursor.",
        resolve: ({ event }) => event,
      }),
    }),
  });
}

/** Opens the stream of a subscription: the events that the viewer may see and that match the filter, until the token ends. */
export async function openStream(
  { db, events, viewer, sessions, now, lastEventId }: GraphQLContext,
  filter: EventFilter,
  start: Omit<StreamStart, "lastEventId">,
): Promise<EventStream> {
  const { divergences } = events;
  const place = await events.findStart({ ...start, lastEventId });
  const { since } = start;
  // a time in the future has no position in the log yet
  const matches = createEventMatcher(viewer, filter);
  const isMatch = (event: Event) => matches(event) && (!since || event.at >= since);
  const session = {
    viewer,
    end: (refusal: UnauthenticatedError) => stream.end(refusal.reason === "expired" ? expired() : refusal),
  };
  const stream = new EventStream(place, {
    db,
    tail: events,
    divergences,
    onClose: () => sessions.remove(session),
    keep(page) {
      if (now() < viewer.expiresAt) return keepSeen(db, viewer, page.filter(isMatch));
      session.end(expired());
      return [];
    },
  });
  sessions.add(session);
  return stream;
}

const expired = () =>
  new UnauthenticatedError(
    "The token has expired. Subscribe again with a new token, after the last cursor.",
    "expired",
  );
