import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { visibleDelivery } from "../../store/access/visibility.js";
import { lockWebhookRow } from "../../store/webhooks/webhook-lock.js";
import { type CommandContext, requireScopes } from "../command.js";
import { findWebhook } from "./webhook-lookup.js";
import type { WebhookServices } from "./webhook-services.js";

/**
 * Queues a delivery again, with the same id, behind the deliveries that wait already. A delivery that still waits is tried
 * at once.
 *
 * Errors: FORBIDDEN, NOT_FOUND.
 */
export async function redeliver(
  context: CommandContext,
  webhooks: WebhookServices,
  input: { readonly delivery: string },
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.redeliver], "redeliver");
  await context.transact(async (work) => {
    const { tx, viewer, at } = work;
    const missing = new NotFoundError("The delivery was not found.");
    const where = { AND: [{ id: input.delivery }, visibleDelivery(viewer)] };
    const found = await tx.webhookDelivery.findFirst({ where, select: { webhookId: true } });
    if (!found) throw missing;
    await lockWebhookRow(tx, found.webhookId);
    const { position } = await findWebhook(work, found.webhookId);
    const delivery = await tx.webhookDelivery.findFirst({ where, select: { id: true, status: true } });
    if (!delivery) throw missing;
    const { id, status } = delivery;
    if (status === "PENDING") {
      await tx.webhookDelivery.updateMany({ where: { id, status }, data: { nextAttemptAt: at } });
      return;
    }
    await tx.webhookDelivery.updateMany({
      where: { id, status },
      data: {
        status: "PENDING",
        turn: position,
        attempts: 0,
        nextAttemptAt: at,
        queuedAt: at,
        deliveredAt: null,
      },
    });
  });
  webhooks.wake();
  return { id: input.delivery };
}
