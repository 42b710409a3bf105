import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError } from "../../domain/errors.js";
import { toTestBody } from "../../domain/webhooks/webhook-body.js";
import { readHead } from "../../store/events/event-log.js";
import { type CommandContext, requireScopes } from "../command.js";
import { findWebhook } from "./webhook-lookup.js";
import { openSecrets } from "./webhook-secrets.js";
import type { WebhookServices, WebhookTry } from "./webhook-services.js";

/**
 * Sends a signed ping, or a message that says that it is a test, now, without the queue, and returns the result.
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
  const { url, format } = webhook;
  const test = { id: pingId, at, webhookId: webhook.id, actor: context.viewer.actor };
  const body = toTestBody(format, test, { logId, consoleUrl: webhooks.consoleUrl });
  return webhooks.send({ url, id: pingId, format, body, secrets });
}
