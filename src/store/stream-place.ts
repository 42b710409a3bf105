import { CURSOR_HASH_LENGTH, decodeStreamCursor, encodeStreamCursor, hexOf } from "../domain/cursor.js";
import { HistoryCompactedError, HistoryDivergedError, InvalidInputError } from "../domain/errors.js";
import { type Head, readHead } from "./event-log.js";
import type { PrismaClient } from "./generated/client.js";

export type LogDatabase = Pick<PrismaClient, "event" | "eventHead">;

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
