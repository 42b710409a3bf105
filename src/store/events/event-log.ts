import type { EventRecord } from "../../domain/events/event.js";
import { cursorAfter, hexOf } from "../../domain/events/stream-cursor.js";
import type { Transaction } from "../connection/transaction.js";
import { type Event, Prisma, type PrismaClient } from "../generated/client.js";
import { STREAM_COLUMNS, type StreamEvent } from "./event-columns.js";

/** The channel on which a commit notifies its newest revision. The function `append_events` of the migrations names it too. */
export const EVENT_CHANNEL = "shelfmark_events";

/** The state of the log: its newest event, and how far it was compacted. */
export interface Head {
  readonly logId: string;
  readonly revision: bigint;
  readonly hash: string;
  readonly at: Date;
  /** The newest event that was compacted, 0 for none. The log holds the events after it. */
  readonly compactedRevision: bigint;
  readonly compactedHash: string | null;
  readonly compactedAt: Date | null;
  /** The position after every event that has been committed. */
  readonly cursor: string;
}

/**
 * Appends a transaction's events in one statement. It must be the last statement of the transaction: it locks the head,
 * which puts revisions in commit order, and the lock is held until the commit.
 */
export async function appendEvents(tx: Transaction, events: readonly EventRecord[]): Promise<void> {
  if (events.length === 0) return;
  await tx.$queryRaw`SELECT revision FROM append_events(${JSON.stringify(events)}::jsonb)`;
}

export async function readHead(prisma: Pick<PrismaClient, "eventHead">): Promise<Head> {
  const head = await prisma.eventHead.findUniqueOrThrow({ where: { id: 1 } });
  const { logId, revision, at, compactedRevision, compactedAt } = head;
  return {
    logId,
    revision,
    hash: hexOf(head.hash),
    at,
    compactedRevision,
    compactedHash: head.compactedHash && hexOf(head.compactedHash),
    compactedAt,
    cursor: cursorAfter(logId, head),
  };
}

/** The most events of a page of the log. */
export const PAGE_EVENTS = 200;
/** A page whose bodies have this many bytes takes no further event, since one body may have 20 million bytes. */
export const PAGE_BYTES = 1024 * 1024;

type LogDatabase = Pick<PrismaClient, "$queryRaw">;

/** Reads the page of whole events after a revision. Empty only if there are no later events. */
export function readEvents(db: LogDatabase, after: bigint): Promise<Event[]> {
  return db.$queryRaw<Event[]>`SELECT ev.* FROM "Event" AS ev WHERE ${isInPage(after)} ORDER BY ev."revision"`;
}

/** Reads the same page as streams deliver it: without the large values of large bodies. */
export function readStreamEvents(db: LogDatabase, after: bigint): Promise<StreamEvent[]> {
  return db.$queryRaw<StreamEvent[]>`
    SELECT ${STREAM_COLUMNS} FROM "Event" AS ev WHERE ${isInPage(after)} ORDER BY ev."revision"`;
}

/** A page has at least two events, if there are as many: a reader that re-reads the last event it knows still advances. */
function isInPage(after: bigint): Prisma.Sql {
  return Prisma.sql`ev."revision" > ${after}::bigint AND ev."revision" <= (
    SELECT max(page."revision") FROM (
      SELECT e."revision", sum(octet_length(e."body")) FILTER (WHERE e."revision" > ${after}::bigint + 1)
        OVER (ORDER BY e."revision" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS "bytes"
      FROM "Event" AS e WHERE e."revision" > ${after}::bigint ORDER BY e."revision" LIMIT ${PAGE_EVENTS}::int
    ) AS page WHERE page."bytes" IS NULL OR page."bytes" < ${PAGE_BYTES}::int
  )`;
}

/** Whether the log may hold more events after a page. */
export function isFullPage(page: readonly StreamEvent[]): boolean {
  return page.length >= PAGE_EVENTS || page.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0) >= PAGE_BYTES;
}
