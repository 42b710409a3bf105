import type { StoredSecrets } from "../../store/webhooks/webhook-queue.js";
import type { WebhookSecrets } from "./webhook-services.js";

/** The secrets that are valid now, the newest first; null if this server cannot decrypt them. */
export async function openSecrets(
  secrets: WebhookSecrets,
  webhookId: string,
  { keyId, secret, previousSecret, previousSecretUntil }: StoredSecrets,
  now: Date,
): Promise<string[] | null> {
  const newest = await secrets.open(webhookId, { keyId, sealed: secret });
  if (newest === null) return null;
  const isPreviousValid = previousSecret !== null && previousSecretUntil !== null && now < previousSecretUntil;
  const previous = isPreviousValid ? await secrets.open(webhookId, { keyId, sealed: previousSecret }) : null;
  return previous === null ? [newest] : [newest, previous];
}
