import { CURSOR_HASH_LENGTH, decodeStreamCursor, encodeStreamCursor } from "../domain/cursor.js";
import { HistoryDivergedError, InvalidInputError } from "../domain/errors.js";
import { type Head, readHead } from "./event-log.js";
import type { EventTail } from "./event-tail.js";
import type { Event, PrismaClient } from "./generated/client.js";

type LogDatabase = Pick<PrismaClient, "event" | "eventHead">;

/** One message of a stream: an event, or, without one, a bookmark: everything up to the cursor has been told. */
export interface StreamMessage {
  readonly cursor: string;
  readonly event: Event | null;
}

export interface StreamStart {
  readonly after?: string | null | undefined;
  readonly since?: Date | null | undefined;
}

interface Place {
  readonly logId: string;
  readonly revision: bigint;
  readonly hash: string;
}

/** How long a quiet, filtered stream keeps a cursor back before it sends it as a bookmark. */
const BOOKMARK_MS = 5_000;

/** Where a stream begins: after the cursor, at the first event since a time, or at the head as it is now. */
export async function findStreamStart(db: LogDatabase, { after, since }: StreamStart): Promise<Place> {
  if (typeof after === "string" && since) throw new InvalidInputError("since", "Give after or since, not both.");
  const head = await readHead(db);
  if (typeof after === "string") return placeOfCursor(db, head, after);
  if (!since) return head;
  const first = await db.event.findFirst({
    where: { at: { gte: since } },
    orderBy: { revision: "asc" },
    select: { revision: true },
  });
  return first ? placeAt(db, head, first.revision - 1n) : head;
}

async function placeOfCursor(db: LogDatabase, head: Head, text: string): Promise<Place> {
  const cursor = decodeStreamCursor(text);
  if (!cursor) throw new InvalidInputError("after", "after is not a cursor of a stream.");
  const known = cursor.logId === head.logId && cursor.revision <= head.revision;
  const place = known ? await placeAt(db, head, cursor.revision) : null;
  if (place && (cursor.revision === 0n || place.hash.startsWith(cursor.hash))) return place;
  throw new HistoryDivergedError(
    "This log does not know the cursor: the registry was restored from a backup, or is another one. Read what stands now, and watch on from `head.cursor`.",
    { oldestCursor: encodeStreamCursor(await placeAt(db, head, 0n)) },
  );
}

async function placeAt(db: LogDatabase, { logId }: Head, revision: bigint): Promise<Place> {
  if (revision === 0n) return { logId, revision, hash: "0".repeat(CURSOR_HASH_LENGTH) };
  const { hash } = await db.event.findUniqueOrThrow({ where: { revision }, select: { hash: true } });
  return { logId, revision, hash: hexOf(hash) };
}

/**
 * The events after a place that the reader wants, in order, without a gap, until the signal aborts. It is pulled: a
 * reader who is behind holds one page and reads on from the table. The first message is a bookmark.
 */
export async function* streamEvents(
  tail: EventTail,
  start: Place,
  { wants, signal }: { wants: (event: Event) => boolean; signal: AbortSignal },
): AsyncGenerator<StreamMessage, void, undefined> {
  let place = start;
  let told = start.revision;
  yield { cursor: encodeStreamCursor(place), event: null };
  while (!signal.aborted) {
    const owesBookmark = told < place.revision;
    const events = await tail.next(place.revision, { signal, ...(owesBookmark ? { timeoutMs: BOOKMARK_MS } : {}) });
    if (events === null) return;
    for (const event of events) {
      if (signal.aborted) return;
      place = { logId: place.logId, revision: event.revision, hash: hexOf(event.hash) };
      if (!wants(event)) continue;
      told = event.revision;
      yield { cursor: encodeStreamCursor(place), event };
    }
    if (events.length > 0 || !owesBookmark || signal.aborted) continue;
    told = place.revision;
    yield { cursor: encodeStreamCursor(place), event: null };
  }
}

function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString("hex");
}
