/** What a message is sent with. */
export interface WebhookMessage {
  readonly url: string;
  /** The `webhook-id`: the same for every try. */
  readonly id: string;
  readonly body: string;
  /** In the open; the newest first. */
  readonly secrets: readonly string[];
  /** What is sent along besides. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How one try went. */
export interface WebhookTry {
  /** The HTTP status code; null if there was no answer. */
  readonly responseCode: number | null;
  readonly latencyMs: number;
  /** Why it failed; null if the receiver took it. */
  readonly error: string | null;
  readonly retryAfterMs: number | null;
}

/** A secret as it is stored. */
export interface SealedSecret {
  /** Which key it was encrypted with. */
  readonly keyId: string;
  readonly sealed: Uint8Array<ArrayBuffer>;
}

export interface WebhookSecrets {
  create(): string;
  /** Throws for what is no secret of the Standard Webhooks specification. */
  parse(field: string, text: string): string;
  seal(webhookId: string, secret: string): Promise<SealedSecret>;
  /** Null if it was encrypted with another key than this server's. */
  open(webhookId: string, secret: SealedSecret): Promise<string | null>;
  keyId(): Promise<string>;
}

/** What the commands need of the part that sends webhooks. */
export interface WebhookServices {
  readonly secrets: WebhookSecrets;
  /** Throws for a URL that nothing would ever be sent to. */
  requireSendable(field: string, url: string): void;
  /** Sends once. What goes wrong is told in the answer. */
  send(message: WebhookMessage, signal?: AbortSignal): Promise<WebhookTry>;
  /** Something is due that the log does not tell of. */
  wake(): void;
}
