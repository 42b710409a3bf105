import DataLoader from "dataloader";
import { HistoryCompactedError, HistoryDivergedError, InvalidInputError, RegistryError } from "../../domain/errors.js";
import {
  CURSOR_HASH_LENGTH,
  decodeStreamCursor,
  encodeStreamCursor,
  hexOf,
} from "../../domain/events/stream-cursor.js";
import { withTimeout } from "../../util/timeout.js";

import type { PrismaClient } from "../generated/client.js";
import { type Head, readHead } from "./event-log.js";

export type LogDatabase = Pick<PrismaClient, "eventHead" | "$queryRaw">;

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

const PATIENCE_MS = 1_000;

/**
 * Finds where streams begin: after the cursor, at the first event since a time, or at the head as it is now. Whoever asks
 * while the database is asked is asked for with all others next, or after a second: however many streams open at once,
 * and however long each statement waits behind what is written, they are four statements.
 */
export function createStreamStarts(db: LogDatabase): (start: StreamStart) => Promise<Place> {
  let asking: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<StreamStart, Place>(
    (starts) => {
      const found = findStreamStarts(db, starts);
      asking = found.catch(() => {});
      return found;
    },
    { cache: false, batchScheduleFn: (ask) => void withPatience(asking).then(ask) },
  );
  return (start) => loader.load(start);
}

/** A statement that is not answered keeps those waiting who asked with it, and others not for long. */
function withPatience(asking: Promise<unknown>): Promise<unknown> {
  return withTimeout(asking, PATIENCE_MS, () => undefined);
}

export async function findStreamStarts(
  db: LogDatabase,
  starts: readonly StreamStart[],
): Promise<(Place | RegistryError)[]> {
  const head = await readHead(db);
  const times = starts.flatMap(({ since }) => since ?? []);
  const firsts = await readFirstSince(db, times);
  // what there was may have left the log before the first was looked for
  const later = times.length > 0 ? await readHead(db) : head;
  const sought = starts.map((start) => orRefusal(() => seek(start, { head, later, firsts })));
  const hashes = await readHashes(
    db,
    [head, later],
    sought.flatMap((each) => ("revision" in each ? each.revision : [])),
  );
  return sought.map((each) => ("revision" in each ? orRefusal(() => placeAt(head, hashes, each)) : each));
}

/** A revision of which the hash is to be read, and how that begins, where it is known. */
interface Sought {
  readonly revision: bigint;
  readonly hash?: string;
}

interface Found {
  readonly head: Head;
  readonly later: Head;
  readonly firsts: ReadonlyMap<number, bigint | null>;
}

function seek({ after, since }: StreamStart, { head, later, firsts }: Found): Sought {
  if (typeof after === "string" && since) throw new InvalidInputError("since", "Give after or since, not both.");
  if (typeof after === "string") return cursorWithin(head, "after", after);
  if (!since) return { revision: head.revision };
  requireKept(later, since);
  const first = firsts.get(since.getTime()) ?? null;
  return { revision: first === null ? head.revision : first - 1n };
}

/** The revision of the first event at each time or later; null where there is none. */
async function readFirstSince(db: LogDatabase, times: readonly Date[]): Promise<Map<number, bigint | null>> {
  if (times.length === 0) return new Map();
  // times rise with revisions: alone, revisions would have the index of times passed over, and all that is older read
  const rows = await db.$queryRaw<{ revision: bigint | null }[]>`
    SELECT (SELECT e."revision" FROM "Event" AS e WHERE e."at" >= s."at" ORDER BY e."at", e."revision" LIMIT 1)
    FROM unnest(${times.map((time) => time.toISOString())}::timestamptz[]) WITH ORDINALITY AS s ("at", "n") ORDER BY s."n"`;
  return new Map(times.map((time, i) => [time.getTime(), rows[i]?.revision ?? null]));
}

function requireKept(head: Head, since: Date): void {
  if (head.compactedAt && since <= head.compactedAt) throw compacted(head, "since is");
}

/** The place that a cursor stands for, if this log knows it and still holds what came after. */
export async function placeOfCursor(db: LogDatabase, head: Head, field: string, text: string): Promise<Place> {
  const cursor = cursorWithin(head, field, text);
  return placeAt(head, await readHashes(db, [head], [cursor.revision]), cursor);
}

function cursorWithin(head: Head, field: string, text: string): Sought {
  const cursor = decodeStreamCursor(text);
  if (!cursor) throw new InvalidInputError(field, `${field} is not a cursor of a stream.`);
  if (cursor.logId !== head.logId || cursor.revision > head.revision) throw diverged(head);
  if (cursor.revision < head.compactedRevision) throw compacted(head, "the cursor is");
  return cursor.revision === 0n ? { revision: 0n } : cursor;
}

type Hashes = ReadonlyMap<bigint, string>;

async function readHashes(db: LogDatabase, heads: readonly Head[], revisions: readonly bigint[]): Promise<Hashes> {
  const hashes = new Map([...heads.map(oldestPlace), ...heads].map(({ revision, hash }) => [revision, hash]));
  const unknown = [...new Set(revisions)].filter((revision) => !hashes.has(revision)).map(String);
  if (unknown.length === 0) return hashes;
  const rows = await db.$queryRaw<{ revision: bigint; hash: Uint8Array }[]>`
    SELECT e."revision", e."hash" FROM "Event" AS e WHERE e."revision" = ANY(${unknown}::bigint[])`;
  for (const { revision, hash } of rows) hashes.set(revision, hexOf(hash));
  return hashes;
}

function placeAt(head: Head, hashes: Hashes, { revision, hash: begin = "" }: Sought): Place {
  const hash = hashes.get(revision);
  // it was there when the head was read: the log has been compacted since
  if (hash === undefined) throw compacted(head, "the place is");
  if (!hash.startsWith(begin)) throw diverged(head);
  return { logId: head.logId, revision, hash };
}

function orRefusal<T>(find: () => T): T | RegistryError {
  try {
    return find();
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
}

/** The place before everything that the log still holds. */
function oldestPlace({ logId, compactedRevision: revision, compactedHash }: Head): Place {
  return { logId, revision, hash: compactedHash ?? "0".repeat(CURSOR_HASH_LENGTH) };
}

export function compacted(head: Head, what: string): HistoryCompactedError {
  return new HistoryCompactedError(
    `The log was compacted, and ${what} older than what it still holds. Read what stands now (\`holders\`), and watch on from its cursor.`,
    { oldestCursor: encodeStreamCursor(oldestPlace(head)) },
  );
}

export function diverged(head: Head): HistoryDivergedError {
  return new HistoryDivergedError(
    "This log does not know the cursor: the registry was restored from a backup, or is another one. Read what stands now (`holders`), and watch on from its cursor.",
    { oldestCursor: encodeStreamCursor(oldestPlace(head)) },
  );
}
