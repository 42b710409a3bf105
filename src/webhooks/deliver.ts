import { nextTryAt } from "../domain/webhooks/retry-schedule.js";
import { meaningOfRefusal } from "../domain/webhooks/webhook-format.js";
import type { CommandServices } from "../registry/command.js";
import { disableWebhook } from "../registry/webhooks/disable-webhook.js";
import { openSecrets } from "../registry/webhooks/webhook-secrets.js";
import type { WebhookServices, WebhookTry } from "../registry/webhooks/webhook-services.js";
import { type ClaimedDelivery, type DeliveryResult, settleDelivery } from "../store/webhooks/webhook-queue.js";
import { remakeBody } from "./plan-deliveries.js";

export interface DeliverServices extends Pick<WebhookServices, "secrets" | "send" | "consoleUrl"> {
  readonly commands: CommandServices;
  /** A random number from 0 to 1. */
  readonly random: () => number;
  readonly log: { warn(message: string): void };
  /** Called before each try. */
  readonly follow: (delivery: Pick<ClaimedDelivery, "id" | "webhookId" | "url">) => FollowedTry;
}

export type Outcome = "delivered" | "retry" | "failed" | "cut";

export interface FollowedTry {
  /** Headers to send with the request. */
  readonly headers: Readonly<Record<string, string>>;
  run<T>(work: () => T): T;
  end(outcome: Outcome, tried: WebhookTry): void;
}

export const UNFOLLOWED: FollowedTry = { headers: {}, run: (work) => work(), end() {} };

const NOT_VISIBLE = "The webhook may no longer see this event, or the log no longer holds it.";

/** Sends a claimed delivery once and records the result. A try that is aborted does not count. */
export function deliver(services: DeliverServices, delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  const followed = services.follow(delivery);
  return followed.run(() => deliverFollowed({ ...services, followed }, delivery, signal));
}

type Followed = DeliverServices & { readonly followed: FollowedTry };

async function deliverFollowed(services: Followed, delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  const { prisma, now } = services.commands;
  const { followed } = services;
  const tried = await tryOnce(services, delivery, signal);
  if (tried.error !== null && signal.aborted) {
    followed.end("cut", tried);
    return settleDelivery(prisma, delivery, { attempts: delivery.attempts - 1, nextAttemptAt: now() });
  }
  const result = resultOf(services, delivery, tried);
  followed.end(outcomeOf(result), tried);
  // first: once the delivery is settled, any dispatcher may claim the next one of the queue
  if (tried.error !== null && meaningOfRefusal(delivery.format, tried.responseCode) === "GONE") {
    await disableWebhook(services.commands, delivery.webhookId, tried.error);
  }
  await settleDelivery(prisma, delivery, result);
}

function outcomeOf({ status }: DeliveryResult): Outcome {
  return status === "DELIVERED" ? "delivered" : status === "PENDING" ? "retry" : "failed";
}

/** Sends nothing that the webhook may not see or that this server cannot sign. */
async function tryOnce(services: Followed, delivery: ClaimedDelivery, signal: AbortSignal): Promise<WebhookTry> {
  const { send, commands, followed, consoleUrl } = services;
  const { id, url, format } = delivery;
  const opened = await openLogged(services, delivery);
  if (!opened) return unsent("The secret could not be decrypted.");
  const body = delivery.body ?? (await remakeBody(commands.prisma, delivery, consoleUrl));
  return body === null
    ? unsent(NOT_VISIBLE)
    : send({ url, id, format, body, secrets: opened, headers: followed.headers }, signal);
}

/** The secrets; null if they cannot be decrypted. What else fails, such as the file of the key, is for the operator to see. */
async function openLogged(
  { secrets, commands, log }: DeliverServices,
  delivery: ClaimedDelivery,
): Promise<string[] | null> {
  const { id, webhookId } = delivery;
  try {
    return await openSecrets(secrets, webhookId, delivery, commands.now());
  } catch (error) {
    log.warn(`The secret for the webhook delivery ${id} could not be read: ${(error as Error).message}`);
    return null;
  }
}

function unsent(error: string): WebhookTry {
  return { responseCode: null, latencyMs: 0, error, retryAfterMs: null };
}

function resultOf(
  { commands, random }: DeliverServices,
  { attempts, queuedAt, format }: ClaimedDelivery,
  { responseCode, latencyMs, error, retryAfterMs }: WebhookTry,
): DeliveryResult {
  const now = commands.now();
  const answer = { responseCode, latencyMs, error };
  if (error === null) return { ...answer, status: "DELIVERED", nextAttemptAt: null, deliveredAt: now };
  const isOver = error === NOT_VISIBLE || meaningOfRefusal(format, responseCode) !== "RETRY";
  const nextAttemptAt = isOver ? null : nextTryAt({ attempts, queuedAt, now, retryAfterMs, random: random() });
  return { ...answer, status: nextAttemptAt ? "PENDING" : "FAILED", nextAttemptAt };
}
