import { HistoryCompactedError, HistoryDivergedError, InvalidInputError } from "../../domain/errors.js";
import {
  CURSOR_HASH_LENGTH,
  decodeStreamCursor,
  encodeStreamCursor,
  hexOf,
} from "../../domain/events/stream-cursor.js";
import type { PrismaClient } from "../generated/client.js";
import type { Head } from "./event-log.js";

export type LogDatabase = Pick<PrismaClient, "eventHead" | "$queryRaw">;

/** A position in the log: after the event of this revision. */
export interface LogPosition {
  readonly logId: string;
  readonly revision: bigint;
  readonly hash: string;
}

/** A position whose hash is still to be read. */
export interface WantedPosition {
  readonly revision: bigint;
  /** How the hash begins, if a cursor says so. */
  readonly hash?: string;
}

/** Hashes by revision. */
export type Hashes = ReadonlyMap<bigint, string>;

/**
 * The position of a cursor. Throws HISTORY_DIVERGED if this log does not know the cursor, and HISTORY_COMPACTED if the log
 * no longer holds the events after it.
 */
export async function positionOfCursor(
  db: LogDatabase,
  head: Head,
  field: string,
  cursor: string,
): Promise<LogPosition> {
  const wanted = parseCursor(head, field, cursor);
  return positionAt(head, await readHashes(db, [head], [wanted.revision]), wanted);
}

/** Checks a cursor as far as the head alone allows. */
export function parseCursor(head: Head, field: string, text: string): WantedPosition {
  const cursor = decodeStreamCursor(text);
  if (!cursor) throw new InvalidInputError(field, `${field} is not a cursor of a stream.`);
  if (cursor.logId !== head.logId || cursor.revision > head.revision) throw historyDiverged(head);
  if (cursor.revision < head.compactedRevision) throw historyCompacted(head, "the cursor is");
  return cursor.revision === 0n ? { revision: 0n } : cursor;
}

/** Reads the hashes of revisions in one statement, and in none for those that the heads know. */
export async function readHashes(
  db: LogDatabase,
  heads: readonly Head[],
  revisions: readonly bigint[],
): Promise<Hashes> {
  const hashes = new Map([...heads.map(oldestPosition), ...heads].map(({ revision, hash }) => [revision, hash]));
  const unknown = [...new Set(revisions)].filter((revision) => !hashes.has(revision)).map(String);
  if (unknown.length === 0) return hashes;
  const rows = await db.$queryRaw<{ revision: bigint; hash: Uint8Array }[]>`
    SELECT e."revision", e."hash" FROM "Event" AS e WHERE e."revision" = ANY(${unknown}::bigint[])`;
  for (const { revision, hash } of rows) hashes.set(revision, hexOf(hash));
  return hashes;
}

export function positionAt(head: Head, hashes: Hashes, { revision, hash: prefix = "" }: WantedPosition): LogPosition {
  const hash = hashes.get(revision);
  // the event existed when the head was read: the log has been compacted since
  if (hash === undefined) throw historyCompacted(head, "the position is");
  if (!hash.startsWith(prefix)) throw historyDiverged(head);
  return { logId: head.logId, revision, hash };
}

/** The position before the oldest event that the log still holds. */
function oldestPosition({ logId, compactedRevision: revision, compactedHash }: Head): LogPosition {
  return { logId, revision, hash: compactedHash ?? "0".repeat(CURSOR_HASH_LENGTH) };
}

/** The error for a position before the oldest event; `what` is the beginning of "… older than". */
export function historyCompacted(head: Head, what: string): HistoryCompactedError {
  return new HistoryCompactedError(
    `The log was compacted, and ${what} older than the oldest event that it still holds. Read the current state (\`holders\`), and continue from its cursor.`,
    { oldestCursor: encodeStreamCursor(oldestPosition(head)) },
  );
}

export function historyDiverged(head: Head): HistoryDivergedError {
  return new HistoryDivergedError(
    "This log does not know the cursor: the registry was restored from a backup, or it is another registry. Read the current state (`holders`), and continue from its cursor.",
    { oldestCursor: encodeStreamCursor(oldestPosition(head)) },
  );
}
