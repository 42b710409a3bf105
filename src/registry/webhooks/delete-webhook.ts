import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { type CommandContext, requireScopes } from "../command.js";
import { aboutWebhook, lockWebhook, originOf } from "./webhook-lookup.js";

/**
 * Deletes a webhook with its secret and its deliveries, also those that were not sent yet. It cannot be restored.
 *
 * Errors: FORBIDDEN, NOT_FOUND.
 */
export async function deleteWebhook(context: CommandContext, input: { readonly id: string }): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteWebhook], "deleteWebhook");
  return context.transact(async (work) => {
    const { id, url } = await lockWebhook(work, input.id);
    await work.tx.webhookDelivery.deleteMany({ where: { webhookId: id } });
    await work.tx.webhook.update({
      where: { id },
      data: { deletedAt: work.at, secret: null, previousSecret: null, previousSecretUntil: null },
      select: { id: true },
    });
    work.emit({ ...aboutWebhook(id), type: "webhook.deleted", before: { origin: originOf(url) }, after: null });
    return { id };
  });
}
