import DataLoader from "dataloader";
import { InvalidInputError, RegistryError } from "../../domain/errors.js";
import { withTimeout } from "../../util/timeout.js";
import { type Head, readHead } from "./event-log.js";
import {
  historyCompacted,
  type LogDatabase,
  type LogPosition,
  parseCursor,
  positionAt,
  readHashes,
  type WantedPosition,
} from "./log-position.js";

/**
 * Where a client wants a stream to start: after a cursor, at a time, or, without both, at the head. The id of the last
 * server-sent event is the cursor to resume after, whatever else is given: an EventSource that reconnects by itself
 * repeats its first URL.
 */
export interface StreamStart {
  readonly lastEventId?: string | null | undefined;
  readonly after?: string | null | undefined;
  readonly since?: Date | null | undefined;
}

const LONGEST_WAIT_MS = 1_000;

/**
 * Finds where streams start: after the cursor, at the first event since the time, or at the current head. Requests that
 * arrive while a batch is read form the next batch, or one of their own after a second. A batch is four statements, however
 * many streams open at once and however long each statement waits behind writers.
 */
export function createStreamStarts(db: LogDatabase): (start: StreamStart) => Promise<LogPosition> {
  let reading: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<StreamStart, LogPosition>(
    (starts) => {
      const found = findStreamStarts(db, starts);
      reading = found.catch(() => {});
      return found;
    },
    { cache: false, batchScheduleFn: (readBatch) => void settledOrLate(reading).then(readBatch) },
  );
  return (start) => loader.load(start);
}

/** A statement that is never answered blocks its own batch only, and the next ones for a second. */
function settledOrLate(reading: Promise<unknown>): Promise<unknown> {
  return withTimeout(reading, LONGEST_WAIT_MS, () => undefined);
}

/** Finds the positions of one batch. A start that is refused gives its error in its place. */
export async function findStreamStarts(
  db: LogDatabase,
  starts: readonly StreamStart[],
): Promise<(LogPosition | RegistryError)[]> {
  const head = await readHead(db);
  const times = starts.flatMap(({ since }) => since ?? []);
  const firsts = await readFirstSince(db, times);
  // events may have been compacted between the two statements above
  const later = times.length > 0 ? await readHead(db) : head;
  const wanted = starts.map((start) => valueOrError(() => resolveStart(start, { head, later, firsts })));
  const revisions = wanted.flatMap((each) => ("revision" in each ? each.revision : []));
  const hashes = await readHashes(db, [head, later], revisions);
  return wanted.map((each) => ("revision" in each ? valueOrError(() => positionAt(head, hashes, each)) : each));
}

interface Found {
  readonly head: Head;
  /** The head after the times were looked up. */
  readonly later: Head;
  readonly firsts: ReadonlyMap<number, bigint | null>;
}

function resolveStart({ lastEventId, after, since }: StreamStart, { head, later, firsts }: Found): WantedPosition {
  if (typeof after === "string" && since) throw new InvalidInputError("since", "Give after or since, not both.");
  if (typeof lastEventId === "string") return parseCursor(head, "Last-Event-ID", lastEventId);
  if (typeof after === "string") return parseCursor(head, "after", after);
  if (!since) return { revision: head.revision };
  if (later.compactedAt && since <= later.compactedAt) throw historyCompacted(later, "since is");
  const first = firsts.get(since.getTime()) ?? null;
  return { revision: first === null ? head.revision : first - 1n };
}

/** The revision of the first event at each time or later; null if there is none. */
async function readFirstSince(db: LogDatabase, times: readonly Date[]): Promise<Map<number, bigint | null>> {
  if (times.length === 0) return new Map();
  // ordered by time first: times rise with revisions, and by revision alone PostgreSQL would not use the index of times
  const rows = await db.$queryRaw<{ revision: bigint | null }[]>`
    SELECT (SELECT e."revision" FROM "Event" AS e WHERE e."at" >= s."at" ORDER BY e."at", e."revision" LIMIT 1)
    FROM unnest(${times.map((time) => time.toISOString())}::timestamptz[]) WITH ORDINALITY AS s ("at", "n") ORDER BY s."n"`;
  return new Map(times.map((time, i) => [time.getTime(), rows[i]?.revision ?? null]));
}

function valueOrError<T>(find: () => T): T | RegistryError {
  try {
    return find();
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
}
