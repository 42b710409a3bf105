import { NotFoundError } from "../../domain/errors.js";
import { visibleWebhook } from "../../store/access/visibility.js";
import type { Webhook } from "../../store/generated/client.js";
import { lockWebhookRow } from "../../store/webhooks/webhook-lock.js";
import type { Work } from "../command.js";

export type LivingWebhook = Webhook & { readonly secret: Uint8Array<ArrayBuffer> };

/** Locks a living webhook that the viewer may see until the transaction ends. Throws NOT_FOUND. */
export async function lockWebhook(work: Work, id: string): Promise<LivingWebhook> {
  await lockWebhookRow(work.tx, id);
  return findWebhook(work, id);
}

export async function findWebhook({ tx, viewer }: Pick<Work, "tx" | "viewer">, id: string): Promise<LivingWebhook> {
  const webhook = await tx.webhook.findFirst({ where: { AND: [{ id }, visibleWebhook(viewer)] } });
  if (webhook?.secret) return { ...webhook, secret: webhook.secret };
  throw new NotFoundError("The webhook was not found.");
}

/** The fields of an event that say which webhook it is about. */
export function aboutWebhook(id: string) {
  return { subject: { type: "Webhook" as const, id } };
}

/** The part of a URL that events show. Paths and queries of such URLs are often secrets. */
export function originOf(url: string): string {
  return new URL(url).origin;
}
