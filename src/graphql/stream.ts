import type { InterfaceRef, ObjectRef } from "@pothos/core";
import { UnauthenticatedError, UnavailableError } from "../domain/errors.js";
import { type EventFilter, matchesEvent } from "../domain/event-filter.js";
import { keepSeen } from "../store/event-rights.js";
import { findStreamStart, type StreamMessage, type StreamStart, streamEvents } from "../store/event-stream.js";
import type { Event } from "../store/generated/client.js";
import { builder } from "./builder.js";
import type { GraphQLContext } from "./context.js";

type Types = (typeof builder)["$inferSchemaTypes"];

const EXPIRED = "The token has expired. Subscribe again with a new one, after the last cursor.";
const GOING_AWAY = "The server is going away. Subscribe again after the last cursor.";
const MAX_TIMER_MS = 2 ** 31 - 1;

export const STREAM_ARGS = builder.args((t) => ({
  after: t.string({
    description:
      "A cursor of a message, of an edge of `events`, of `holders` or of `head`: start after it. A cursor that this log does not know is `HISTORY_DIVERGED`, one of before what it still holds `HISTORY_COMPACTED`.",
  }),
  since: t.field({
    type: "DateTime",
    description: "Start with the first event at this time or later, instead of `after`.",
  }),
}));

export const STREAM_PROMISE =
  "In order, none left out and none twice on one stream; after a reconnect, `after` goes on where the last message was (and delivery across reconnects is at least once). Without `after` or `since` the stream starts at the head as it is now. It ends when the token expires.";

/** The type of a stream's messages: a cursor, and an event of the type or null. */
export function streamMessage(
  name: string,
  stream: string,
  event: InterfaceRef<Types, Event> | ObjectRef<Types, Event>,
) {
  return builder.objectRef<StreamMessage>(name).implement({
    description: `One message of the stream \`${stream}\`. The first one is a bookmark.`,
    fields: (t) => ({
      cursor: t.exposeString("cursor", {
        description: "Everything up to here has been told: `after: cursor` goes on from here.",
      }),
      event: t.field({
        type: event,
        nullable: true,
        description: "What happened; null for a bookmark, which only moves the cursor on.",
        resolve: ({ event }) => event,
      }),
    }),
  });
}

/** The messages of a subscription: what the viewer may see and the filter wants, until the token expires. */
export async function openStream(
  context: GraphQLContext,
  filter: EventFilter,
  start: StreamStart,
): Promise<AsyncIterableIterator<StreamMessage>> {
  const { db, events, viewer } = context;
  const { lapses } = events;
  const place = await findStreamStart(db, start);
  // of a time to come, the log does not know the place yet
  const isDue = ({ at }: Event) => !start.since || at >= start.since;
  const isWanted = (event: Event) => matchesEvent(filter, event) && isDue(event);
  return untilExpiry(context, (signal) =>
    streamEvents(db, events, place, {
      ...{ signal, lapses },
      keep: (page) => keepSeen(db, viewer, page.filter(isWanted)),
    }),
  );
}

/**
 * Ends a stream with the viewer's token: what comes after is not the viewer's any more. Not a generator, so that a
 * client who leaves ends the wait for the next event.
 */
function untilExpiry<T>(
  { viewer, sessions, now }: GraphQLContext,
  open: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterableIterator<T> {
  const ended = new AbortController();
  const end = () => ended.abort();
  let refusal: UnauthenticatedError | null = null;
  const refuse = (error: UnauthenticatedError) => {
    refusal ??= error;
    end();
  };
  const leaveSession = sessions.add(viewer, (reason) => refuse(new UnauthenticatedError(reason, "revoked")));
  let timer: NodeJS.Timeout;
  // a timer may go off a moment before the clock says so, and its reason is told all the same
  const expireIn = (ms: number) => {
    const wake =
      ms > MAX_TIMER_MS
        ? () => expireIn(ms - MAX_TIMER_MS)
        : () => refuse(new UnauthenticatedError(EXPIRED, "expired"));
    timer = setTimeout(wake, Math.min(ms, MAX_TIMER_MS)).unref();
  };
  expireIn(viewer.expiresAt.getTime() - now().getTime());
  const events = open(ended.signal);
  let over = false;
  const close = () => {
    over = true;
    clearTimeout(timer);
    leaveSession();
  };
  return {
    async next() {
      const result = await events.next().catch((error: unknown) => {
        close();
        throw error;
      });
      if (!result.done) return result;
      if (over) return { value: undefined, done: true };
      close();
      throw refusal ?? new UnavailableError(GOING_AWAY);
    },
    async return() {
      close();
      end();
      await events.return();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
