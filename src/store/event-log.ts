import { cursorAfter, hexOf } from "../domain/cursor.js";
import type { EventRecord } from "../domain/event.js";
import type { Event, PrismaClient } from "./generated/client.js";
import type { Transaction } from "./transaction.js";

/** The channel on which a commit tells the newest revision; `append_events` in the migrations names it too. */
export const EVENT_CHANNEL = "shelfmark_events";

/** The newest entry of the log. */
export interface Head {
  readonly logId: string;
  readonly revision: bigint;
  readonly hash: string;
  readonly at: Date;
  /** The newest event that was compacted, 0 for none: the log holds what came after. */
  readonly compactedRevision: bigint;
  readonly compactedHash: string | null;
  readonly compactedAt: Date | null;
  /** The place after everything that has been committed. */
  readonly cursor: string;
}

/**
 * Appends a transaction's events in one statement. It is the last thing that a command does: the head's lock, which
 * puts revisions in commit order, is held from here to the commit.
 */
export async function appendEvents(tx: Transaction, events: readonly EventRecord[]): Promise<void> {
  if (events.length === 0) return;
  await tx.$queryRaw`SELECT revision FROM append_events(${JSON.stringify(events)}::jsonb)`;
}

export async function readHead(prisma: Pick<PrismaClient, "eventHead">): Promise<Head> {
  const head = await prisma.eventHead.findUniqueOrThrow({ where: { id: 1 } });
  const { logId, revision, at, compactedRevision, compactedAt } = head;
  const [hash, compactedHash] = [hexOf(head.hash), head.compactedHash && hexOf(head.compactedHash)];
  const cursor = cursorAfter(logId, head);
  return { logId, revision, hash, at, compactedRevision, compactedHash, compactedAt, cursor };
}

export function readEvents(db: Pick<PrismaClient, "$queryRaw">, after: bigint, limit: number): Promise<Event[]> {
  return db.$queryRaw<Event[]>`
    SELECT tail.* FROM "Event" AS tail WHERE tail."revision" > ${after}::bigint ORDER BY tail."revision" LIMIT ${limit}::int`;
}
