import type { WebhookFormat } from "../../domain/webhooks/webhook-format.js";

/** A message and what is needed to send it. */
export interface WebhookMessage {
  readonly url: string;
  /** The `webhook-id` header. It is the same for every attempt. */
  readonly id: string;
  readonly format: WebhookFormat;
  readonly body: string;
  /** Not encrypted; the newest first. */
  readonly secrets: readonly string[];
  /** Additional headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The result of one attempt. */
export interface WebhookTry {
  /** The HTTP status code; null if there was no response. */
  readonly responseCode: number | null;
  readonly latencyMs: number;
  /** Why it failed; null if the receiver accepted it. */
  readonly error: string | null;
  readonly retryAfterMs: number | null;
}

/** An encrypted secret. */
interface SealedSecret {
  /** The id of the key that it was encrypted with. */
  readonly keyId: string;
  readonly sealed: Uint8Array<ArrayBuffer>;
}

export interface WebhookSecrets {
  create(): string;
  /** Throws INVALID_INPUT for a text that is not a secret of the Standard Webhooks specification. */
  parse(field: string, text: string): string;
  seal(webhookId: string, secret: string): Promise<SealedSecret>;
  /** Decrypts a secret; null if this server does not have the key, or if it is not what was encrypted for the webhook. */
  open(webhookId: string, secret: SealedSecret): Promise<string | null>;
  keyId(): Promise<string>;
}

/** What the commands need from the sender of webhooks. */
export interface WebhookServices {
  readonly secrets: WebhookSecrets;
  /** The origin of the console, to which messages link; null = no links. */
  readonly consoleUrl: string | null;
  /** Throws INVALID_INPUT for a URL that the sender never sends to. */
  requireSendable(field: string, url: string): void;
  /** Sends once. A failure is part of the result. */
  send(message: WebhookMessage, signal?: AbortSignal): Promise<WebhookTry>;
  /** Wakes the sender for a delivery that is due without a new event. */
  wake(): void;
}
