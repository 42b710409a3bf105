import { CURSOR_HASH_LENGTH, cursorAfter, decodeStreamCursor, encodeStreamCursor, hexOf } from "../domain/cursor.js";
import { HistoryCompactedError, HistoryDivergedError, InvalidInputError } from "../domain/errors.js";
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

/** A place in the log: after the event of this revision. */
export interface Place {
  readonly logId: string;
  readonly revision: bigint;
  readonly hash: string;
}

/** Where a stream begins: after the cursor, at the first event since a time, or at the head as it is now. */
export async function findStreamStart(db: LogDatabase, { after, since }: StreamStart): Promise<Place> {
  if (typeof after === "string" && since) throw new InvalidInputError("since", "Give after or since, not both.");
  const head = await readHead(db);
  if (typeof after === "string") return placeOfCursor(db, head, "after", after);
  if (!since) return head;
  requireKept(head, since);
  const first = await db.event.findFirst({
    where: { at: { gte: since } },
    // times rise with revisions: alone, revisions would have the index of times passed over, and all that is older read
    orderBy: [{ at: "asc" }, { revision: "asc" }],
    select: { revision: true },
  });
  if (first) return placeAt(db, head, first.revision - 1n);
  // what there was may have left the log since the head was read
  requireKept(await readHead(db), since);
  return head;
}

function requireKept(head: Head, since: Date): void {
  if (head.compactedAt && since <= head.compactedAt) throw compacted(head, "since is");
}

/** The place that a cursor stands for, if this log knows it and still holds what came after. */
export async function placeOfCursor(db: LogDatabase, head: Head, field: string, text: string): Promise<Place> {
  const cursor = decodeStreamCursor(text);
  if (!cursor) throw new InvalidInputError(field, `${field} is not a cursor of a stream.`);
  if (cursor.logId !== head.logId || cursor.revision > head.revision) throw diverged(head);
  if (cursor.revision < head.compactedRevision) throw compacted(head, "the cursor is");
  const place = await placeAt(db, head, cursor.revision);
  if (cursor.revision === 0n || place.hash.startsWith(cursor.hash)) return place;
  throw diverged(head);
}

async function placeAt(db: LogDatabase, head: Head, revision: bigint): Promise<Place> {
  if (revision === head.compactedRevision) return oldestPlace(head);
  const event = await db.event.findUnique({ where: { revision }, select: { hash: true } });
  // it was there when the head was read: the log has been compacted since
  if (!event) throw compacted(head, "the place is");
  return { logId: head.logId, revision, hash: hexOf(event.hash) };
}

/** The place before everything that the log still holds. */
function oldestPlace({ logId, compactedRevision: revision, compactedHash }: Head): Place {
  return { logId, revision, hash: compactedHash ?? "0".repeat(CURSOR_HASH_LENGTH) };
}

function compacted(head: Head, what: string): HistoryCompactedError {
  return new HistoryCompactedError(
    `The log was compacted, and ${what} older than what it still holds. Read what stands now (\`holders\`), and watch on from its cursor.`,
    { oldestCursor: encodeStreamCursor(oldestPlace(head)) },
  );
}

function diverged(head: Head): HistoryDivergedError {
  return new HistoryDivergedError(
    "This log does not know the cursor: the registry was restored from a backup, or is another one. Read what stands now (`holders`), and watch on from its cursor.",
    { oldestCursor: encodeStreamCursor(oldestPlace(head)) },
  );
}

/** Which of the events of a page the reader may see and wants. */
export type Keep = (events: readonly Event[]) => Promise<readonly Event[]>;

interface StreamOptions {
  readonly keep: Keep;
  readonly signal: AbortSignal;
  /** The tail's, of before the place was looked up. */
  readonly lapses?: number;
}

/**
 * The events after a place that the reader wants, in order, without a gap, until the signal aborts. It is pulled: a
 * reader who is behind holds one page and reads on from the table. The first message is a bookmark.
 */
export async function* streamEvents(
  db: LogDatabase,
  tail: EventTail,
  start: Place,
  { keep, signal, lapses = tail.lapses }: StreamOptions,
): AsyncGenerator<StreamMessage, void, undefined> {
  const at = { revision: start.revision };
  tail.places.add(at);
  try {
    const debt = new BookmarkDebt(tail.bookmarkMs);
    let place = start;
    yield { cursor: encodeStreamCursor(place), event: null };
    while (!signal.aborted) {
      // of a reader who was slow, nobody knows how long ago the log was set back
      const events = tail.lapses === lapses ? await tail.next(place.revision, { signal, ...debt.timeout }) : [];
      if (events === null || signal.aborted) return;
      if (tail.lapses !== lapses) throw diverged(await readHead(db));
      if (events === "gone" || isGap(events, place)) throw compacted(await readHead(db), "the stream is");
      for (const event of await keep(events)) {
        if (signal.aborted) return;
        debt.pay();
        at.revision = event.revision;
        yield { cursor: cursorAfter(place.logId, event), event };
      }
      const last = events.at(-1);
      if (last) place = { logId: place.logId, revision: last.revision, hash: hexOf(last.hash) };
      if (at.revision < place.revision) debt.owe();
      at.revision = place.revision;
      if (!debt.isDue() || signal.aborted) continue;
      debt.pay();
      yield { cursor: encodeStreamCursor(place), event: null };
    }
  } finally {
    tail.places.delete(at);
  }
}

/**
 * A cursor that moved on untold is owed as a bookmark in time, also where others keep the log busy: one that stands
 * still would in the end be older than the log.
 */
class BookmarkDebt {
  private readonly withinMs: number;
  private dueAt: number | null = null;

  constructor(withinMs: number) {
    this.withinMs = withinMs;
  }

  get timeout(): { timeoutMs?: number } {
    return this.dueAt === null ? {} : { timeoutMs: Math.max(0, this.dueAt - performance.now()) };
  }

  owe(): void {
    this.dueAt ??= performance.now() + this.withinMs;
  }

  pay(): void {
    this.dueAt = null;
  }

  isDue(): boolean {
    return this.dueAt !== null && performance.now() >= this.dueAt;
  }
}

function isGap([first]: readonly Event[], { revision }: Place): boolean {
  return first !== undefined && first.revision !== revision + 1n;
}
