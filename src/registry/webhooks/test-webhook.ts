import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError } from "../../domain/errors.js";
import { pingEvent } from "../../domain/webhooks/cloud-event.js";
import { readHead } from "../../store/events/event-log.js";
import { type CommandContext, requireScopes } from "../command.js";
import { findWebhook } from "./webhook-lookup.js";
import { openSecrets } from "./webhook-secrets.js";
import type { WebhookServices, WebhookTry } from "./webhook-services.js";

/**
 * Sends a signed ping now, without the queue, and returns the result.
 *
 * Errors: FORBIDDEN; NOT_FOUND; CONFLICT if this server cannot decrypt the webhook's secret.
 */
export async function testWebhook(
  context: CommandContext,
  webhooks: WebhookServices,
  input: { readonly id: string },
): Promise<WebhookTry> {
  requireScopes(context.viewer, [COMMAND_SCOPE.testWebhook], "testWebhook");
  const { webhook, logId, pingId, at } = await context.transact(async (work) => ({
    webhook: await findWebhook(work, input.id),
    logId: (await readHead(work.tx)).logId,
    pingId: work.newId(),
    at: work.at,
  }));
  const secrets = await openSecrets(webhooks.secrets, webhook.id, webhook, at);
  if (!secrets) {
    throw new ConflictError(
      "This server cannot decrypt the secret: it was encrypted with another key, or changed. Rotate the secret.",
    );
  }
  const body = pingEvent({ id: pingId, at, logId, webhookId: webhook.id });
  return webhooks.send({ url: webhook.url, id: pingId, body, secrets });
}
