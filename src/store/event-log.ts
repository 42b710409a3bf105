import { encodeStreamCursor } from "../domain/cursor.js";
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
  const { logId, revision, hash, at } = await prisma.eventHead.findUniqueOrThrow({ where: { id: 1 } });
  const hex = Buffer.from(hash).toString("hex");
  return { logId, revision, hash: hex, at, cursor: encodeStreamCursor({ logId, revision, hash: hex }) };
}

export function readEvents(prisma: Pick<PrismaClient, "event">, after: bigint, limit: number): Promise<Event[]> {
  return prisma.event.findMany({ where: { revision: { gt: after } }, orderBy: { revision: "asc" }, take: limit });
}
