import { nextTryAt } from "../domain/webhooks/retry-schedule.js";
import type { CommandServices } from "../registry/command.js";
import { disableWebhook } from "../registry/webhooks/disable-webhook.js";
import { openSecrets } from "../registry/webhooks/webhook-secrets.js";
import type { WebhookServices, WebhookTry } from "../registry/webhooks/webhook-services.js";
import { type ClaimedDelivery, type DeliveryResult, settleDelivery } from "../store/webhooks/webhook-queue.js";
import { remakeBody } from "./plan-deliveries.js";

export interface DeliverServices extends Pick<WebhookServices, "secrets" | "send"> {
  readonly commands: CommandServices;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Told of each try before it begins. */
  readonly follow: (delivery: Pick<ClaimedDelivery, "id" | "webhookId" | "url">) => FollowedTry;
}

export type Outcome = "delivered" | "retry" | "failed" | "cut";

export interface FollowedTry {
  /** To be sent along. */
  readonly headers: Readonly<Record<string, string>>;
  run<T>(work: () => T): T;
  end(outcome: Outcome, tried: WebhookTry): void;
}

export const UNFOLLOWED: FollowedTry = { headers: {}, run: (work) => work(), end() {} };

const HTTP_GONE = 410;
const NOT_TOLD = "The webhook may not be told this any more, or the log has not kept it.";
const GONE = "The receiver answered 410 Gone.";

/** Sends a claimed delivery once and writes how it went; if it is cut off, the try does not count. */
export function deliver(services: DeliverServices, delivery: ClaimedDelivery, cut: AbortSignal): Promise<void> {
  const followed = services.follow(delivery);
  return followed.run(() => deliverFollowed({ ...services, followed }, delivery, cut));
}

type Followed = DeliverServices & { readonly followed: FollowedTry };

async function deliverFollowed(services: Followed, delivery: ClaimedDelivery, cut: AbortSignal): Promise<void> {
  const { prisma, now } = services.commands;
  const { followed } = services;
  const tried = await tryOnce(services, delivery, cut);
  if (tried.error !== null && cut.aborted) {
    followed.end("cut", tried);
    return settleDelivery(prisma, delivery, { attempts: delivery.attempts - 1, nextAttemptAt: now() });
  }
  const result = resultOf(services, delivery, tried);
  followed.end(outcomeOf(result), tried);
  // first of all: once the delivery is settled, the next one of the queue may be claimed by anybody
  if (tried.responseCode === HTTP_GONE) await disableWebhook(services.commands, delivery.webhookId, GONE);
  await settleDelivery(prisma, delivery, result);
}

function outcomeOf({ status }: DeliveryResult): Outcome {
  return status === "DELIVERED" ? "delivered" : status === "PENDING" ? "retry" : "failed";
}

/** Nothing is sent that the webhook may not be told, or that this server cannot sign. */
async function tryOnce(
  { secrets, send, commands, followed }: Followed,
  delivery: ClaimedDelivery,
  cut: AbortSignal,
): Promise<WebhookTry> {
  const { id, webhookId, url } = delivery;
  const opened = await openSecrets(secrets, webhookId, delivery, commands.now()).catch(() => null);
  if (!opened) return unsent("The secret could not be decrypted.");
  const body = delivery.body ?? (await remakeBody(commands.prisma, delivery));
  return body === null ? unsent(NOT_TOLD) : send({ url, id, body, secrets: opened, headers: followed.headers }, cut);
}

function unsent(error: string): WebhookTry {
  return { responseCode: null, latencyMs: 0, error, retryAfterMs: null };
}

function resultOf(
  { commands, random }: DeliverServices,
  { attempts, queuedAt }: ClaimedDelivery,
  { responseCode, latencyMs, error, retryAfterMs }: WebhookTry,
): DeliveryResult {
  const now = commands.now();
  const answer = { responseCode, latencyMs, error };
  if (error === null) return { ...answer, status: "DELIVERED", nextAttemptAt: null, deliveredAt: now };
  const isOver = responseCode === HTTP_GONE || error === NOT_TOLD;
  const nextAttemptAt = isOver ? null : nextTryAt({ attempts, queuedAt, now, retryAfterMs, random: random() });
  return { ...answer, status: nextAttemptAt ? "PENDING" : "FAILED", nextAttemptAt };
}
