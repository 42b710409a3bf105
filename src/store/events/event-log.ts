import type { EventRecord } from "../../domain/events/event.js";
import { cursorAfter, hexOf } from "../../domain/events/stream-cursor.js";
import type { Transaction } from "../connection/transaction.js";
import { type Event, Prisma, type PrismaClient } from "../generated/client.js";
import { TOLD_COLUMNS, type ToldEvent } from "./event-columns.js";

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

/** The most rows of a page of the log, and the bytes of their bodies past which it takes no more: one may have 20 million. */
export const PAGE_EVENTS = 200;
export const PAGE_BYTES = 1024 * 1024;

type LogDatabase = Pick<PrismaClient, "$queryRaw">;

/** A page of the log, of what came after a revision; none only if nothing did. */
export function readEvents(db: LogDatabase, after: bigint): Promise<Event[]> {
  return db.$queryRaw<Event[]>`SELECT ev.* FROM "Event" AS ev WHERE ${isOfPage(after)} ORDER BY ev."revision"`;
}

/** The same page for whoever tells of it, without what of large bodies nobody is told. */
export function readToldEvents(db: LogDatabase, after: bigint): Promise<ToldEvent[]> {
  return db.$queryRaw<ToldEvent[]>`
    SELECT ${TOLD_COLUMNS} FROM "Event" AS ev WHERE ${isOfPage(after)} ORDER BY ev."revision"`;
}

/** Two rows at least, if there are so many: who reads the last known one once more gets on. */
function isOfPage(after: bigint): Prisma.Sql {
  return Prisma.sql`ev."revision" > ${after}::bigint AND ev."revision" <= (
    SELECT max(page."revision") FROM (
      SELECT e."revision", sum(octet_length(e."body")) FILTER (WHERE e."revision" > ${after}::bigint + 1)
        OVER (ORDER BY e."revision" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS "bytes"
      FROM "Event" AS e WHERE e."revision" > ${after}::bigint ORDER BY e."revision" LIMIT ${PAGE_EVENTS}::int
    ) AS page WHERE page."bytes" IS NULL OR page."bytes" < ${PAGE_BYTES}::int
  )`;
}

/** Whether there may be more behind a page that was read. */
export function isFull(page: readonly ToldEvent[]): boolean {
  return page.length >= PAGE_EVENTS || page.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0) >= PAGE_BYTES;
}
