import { systemViewer } from "../../domain/access/system-viewer.js";
import { lockWebhookRow } from "../../store/webhooks/webhook-lock.js";
import { type CommandServices, createCommandContext } from "../command.js";
import { aboutWebhook } from "./webhook-lookup.js";

const SYSTEM = systemViewer("webhooks");

/** Disables a webhook because its receiver asked for it, until a user enables it again. The registry itself is the actor. */
export async function disableWebhook(services: CommandServices, id: string, reason: string): Promise<void> {
  const context = createCommandContext(services, SYSTEM, services.newId());
  await context.transact(async (work) => {
    await lockWebhookRow(work.tx, id);
    const { count } = await work.tx.webhook.updateMany({
      where: { id, deletedAt: null, disabledAt: null },
      data: { disabledAt: work.at, disabledReason: reason, updatedAt: work.at },
    });
    if (count === 0) return;
    work.emit({
      ...aboutWebhook(id),
      type: "webhook.updated",
      before: { enabled: true, disabledReason: null },
      after: { enabled: false, disabledReason: reason },
    });
  });
}
