import { createHash } from "node:crypto";
import { mayDeliver } from "../domain/events/event-visibility.js";
import { toCloudEvent } from "../domain/webhooks/cloud-event.js";
import { matchesWebhookFilter, type WebhookFilter } from "../domain/webhooks/webhook.js";
import { readerOf, type WebhookRights } from "../domain/webhooks/webhook-rights.js";
import { transact } from "../store/connection/transaction.js";
import { readEvents, readHead } from "../store/events/event-log.js";
import type { PrismaClient } from "../store/generated/client.js";
import { lockWebhookBehind } from "../store/webhooks/webhook-queue.js";

/** For which webhook a page was read, and whether there is more of the log to be read for it. */
export interface PlannedPage {
  readonly webhookId: string;
  readonly isBehind: boolean;
}

/**
 * Reads one page of the log for one webhook that is behind, and queues what it asks for and may see, in one
 * transaction with its position. Null if no webhook is behind but those passed over, or others read for those that are.
 */
export function planDeliveries(
  prisma: PrismaClient,
  now: Date,
  passedOver: ReadonlySet<string>,
): Promise<PlannedPage | null> {
  return transact(prisma, async (tx) => {
    const { logId, revision: head } = await readHead(tx);
    const webhook = await lockWebhookBehind(tx, head, [...passedOver]);
    if (!webhook) return null;
    const { id: webhookId } = webhook;
    const events = await readEvents(tx, webhook.position);
    const filter = webhook.filter as unknown as WebhookFilter;
    const reader = readerOf(webhook.rights as unknown as WebhookRights);
    const told = events.filter((event) => mayDeliver(reader, event) && matchesWebhookFilter(filter, event));
    await tx.webhookDelivery.createMany({
      data: told.map((event) => ({
        id: deliveryId(webhookId, event.id),
        webhookId,
        revision: event.revision,
        turn: event.revision,
        eventType: event.type,
        body: toCloudEvent(event, logId, reader),
        status: "PENDING",
        nextAttemptAt: now,
        createdAt: now,
        queuedAt: now,
      })),
      skipDuplicates: true,
    });
    // Nothing after the position although the head is: it was compacted away.
    const position = events.at(-1)?.revision ?? head;
    await tx.webhook.update({ where: { id: webhookId }, data: { position }, select: { id: true } });
    return { webhookId, isBehind: position < head };
  });
}

/** What a delivery says under the rights that its webhook has by now; null if nothing. */
export async function remakeBody(
  prisma: PrismaClient,
  { webhookId, revision }: { webhookId: string; revision: bigint },
): Promise<string | null> {
  const event = await prisma.event.findUnique({ where: { revision } });
  const { rights } = await prisma.webhook.findUniqueOrThrow({ where: { id: webhookId }, select: { rights: true } });
  const reader = readerOf(rights as unknown as WebhookRights);
  if (!event || !mayDeliver(reader, event)) return null;
  return toCloudEvent(event, (await readHead(prisma)).logId, reader);
}

/**
 * The same whenever it is made, so that a receiver knows an event that is queued anew, and another for another event that
 * a restored log holds at the same revision. A UUID of version 8 (RFC 9562 §5.8).
 */
export function deliveryId(webhookId: string, eventId: string): string {
  const hex = createHash("sha256").update(`${webhookId} ${eventId}`).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
