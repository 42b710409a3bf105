import { mayDeliver } from "../domain/events/event-visibility.js";
import { matchesWebhookFilter, type WebhookFilter } from "../domain/webhooks/webhook.js";
import { toWebhookBody } from "../domain/webhooks/webhook-body.js";
import { readerOf, type WebhookRights } from "../domain/webhooks/webhook-rights.js";
import { transact } from "../store/connection/transaction.js";
import { readEvents, readHead } from "../store/events/event-log.js";
import type { PrismaClient } from "../store/generated/client.js";
import { type ClaimedDelivery, lockWebhookBehind } from "../store/webhooks/webhook-queue.js";
import { sha256 } from "../util/sha256.js";

const MAX_PAGES = 20;

/** Plans the deliveries of all webhooks in turn, so that one that is far behind does not delay the others. */
export class DeliveryPlanner {
  private readonly prisma: PrismaClient;
  private readonly now: () => Date;
  private readonly consoleUrl: string | null;
  /** Webhooks that had their turn and are still behind. */
  private readonly hadTurn = new Set<string>();

  constructor(prisma: PrismaClient, now: () => Date, consoleUrl: string | null) {
    this.prisma = prisma;
    this.now = now;
    this.consoleUrl = consoleUrl;
  }

  /** Plans up to 20 pages. Returns whether more of the log remains to be read. */
  async planPages(): Promise<boolean> {
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await planDeliveries(this.prisma, {
        now: this.now(),
        consoleUrl: this.consoleUrl,
        skipped: this.hadTurn,
      });
      if (page?.isBehind) this.hadTurn.add(page.webhookId);
      if (page) continue;
      if (this.hadTurn.size === 0) return false;
      this.hadTurn.clear();
    }
    return true;
  }
}

/** The webhook that a page of the log was read for, and whether the log holds more for it. */
export interface PlannedPage {
  readonly webhookId: string;
  readonly isBehind: boolean;
}

interface Planning {
  readonly now: Date;
  readonly consoleUrl: string | null;
  /** Webhooks to leave for later. */
  readonly skipped: ReadonlySet<string>;
}

/**
 * Reads one page of the log for one webhook that is behind, and queues the events that match its filter and rights. One
 * transaction covers the deliveries and the webhook's position. Null if no webhook is behind except the skipped ones and
 * those that other dispatchers work on.
 */
export function planDeliveries(
  prisma: PrismaClient,
  { now, consoleUrl, skipped }: Planning,
): Promise<PlannedPage | null> {
  return transact(prisma, async (tx) => {
    const { logId, revision: head } = await readHead(tx);
    const webhook = await lockWebhookBehind(tx, head, [...skipped]);
    if (!webhook) return null;
    const { id: webhookId, format } = webhook;
    const events = await readEvents(tx, webhook.position);
    const filter = webhook.filter as unknown as WebhookFilter;
    const reader = readerOf(webhook.rights as unknown as WebhookRights);
    const matching = events.filter((event) => mayDeliver(reader, event) && matchesWebhookFilter(reader, filter, event));
    await tx.webhookDelivery.createMany({
      data: matching.map((event) => ({
        id: deliveryId(webhookId, event.id),
        webhookId,
        revision: event.revision,
        turn: event.revision,
        eventType: event.type,
        body: toWebhookBody(format, event, { logId, consoleUrl }, reader),
        status: "PENDING",
        nextAttemptAt: now,
        createdAt: now,
        queuedAt: now,
      })),
      skipDuplicates: true,
    });
    // no event after the position although the head is later: compaction removed them
    const position = events.at(-1)?.revision ?? head;
    await tx.webhook.update({ where: { id: webhookId }, data: { position }, select: { id: true } });
    return { webhookId, isBehind: position < head };
  });
}

/** The body of a delivery under the current rights of its webhook; null if the webhook may not see the event. */
export async function remakeBody(
  prisma: PrismaClient,
  { webhookId, revision, format }: Pick<ClaimedDelivery, "webhookId" | "revision" | "format">,
  consoleUrl: string | null,
): Promise<string | null> {
  const event = await prisma.event.findUnique({ where: { revision } });
  const { rights } = await prisma.webhook.findUniqueOrThrow({ where: { id: webhookId }, select: { rights: true } });
  const reader = readerOf(rights as unknown as WebhookRights);
  if (!event || !mayDeliver(reader, event)) return null;
  return toWebhookBody(format, event, { logId: (await readHead(prisma)).logId, consoleUrl }, reader);
}

/**
 * A UUID of version 8 (RFC 9562 §5.8). It depends on the webhook and the event only, so that a receiver recognizes an
 * event that is queued again, and does not confuse it with another event at the same revision of a restored log.
 */
export function deliveryId(webhookId: string, eventId: string): string {
  const hex = sha256(`${webhookId} ${eventId}`);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
