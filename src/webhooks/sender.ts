import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { InvalidInputError } from "../domain/errors.js";
import { parseRetryAfter } from "../domain/webhooks/retry-schedule.js";
import type { WebhookMessage, WebhookTry } from "../registry/webhooks/webhook-services.js";
import { type AddressGuard, type AddressRules, allowedNames, createAddressGuard, plainHost } from "./address-rules.js";
import { createResolver, type ResolveHost } from "./resolve-host.js";
import { signatureHeaders } from "./signature.js";

export interface SenderOptions extends AddressRules {
  readonly now: () => Date;
  readonly resolve?: ResolveHost;
  /** For everything from the look-up to the end of the answer. */
  readonly timeoutMs?: number;
}

export interface Sender {
  requireSendable(field: string, url: string): void;
  send(message: WebhookMessage, signal?: AbortSignal): Promise<WebhookTry>;
}

const TIMEOUT_MS = 15_000;
const ANSWER_MAX_BYTES = 64 * 1024;
const ERROR_MAX = 300;

/** A host has an address that must not be called. */
class RefusedAddressError extends Error {
  override readonly name = "RefusedAddressError";
}

/** Sends over connections of its own: each goes to an address that was checked, and none is kept or redirected. */
export function createSender(options: SenderOptions): Sender {
  const guard = createAddressGuard(options);
  const resolve = options.resolve ?? createResolver(allowedNames(options.allow));
  const { now, timeoutMs = TIMEOUT_MS } = options;
  return {
    requireSendable(field, text) {
      const url = new URL(text);
      const refusal = refusalOf(guard, url, options.isLocal);
      if (refusal) throw new InvalidInputError(field, `${field}: ${refusal}`);
    },
    async send(message, signal) {
      const started = performance.now();
      const ended = new AbortController();
      const end = () => ended.abort();
      const timer = setTimeout(end, timeoutMs);
      signal?.addEventListener("abort", end);
      if (signal?.aborted) end();
      try {
        const outcome = await post(message, { guard, resolve, now, signal: ended.signal }).catch(toFailure);
        return { ...outcome, latencyMs: Math.round(performance.now() - started) };
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
      }
    },
  };
}

/** What can be told of a URL before its host is looked up. */
function refusalOf(guard: AddressGuard, url: URL, isLocal: boolean): string | null {
  const host = plainHost(url.hostname);
  if (isIP(host) !== 0) return guard(url, host);
  const isLocalhost = host === "localhost" || host.endsWith(".localhost");
  return url.protocol === "https:" || (isLocal && isLocalhost) ? null : "Webhooks are sent over https only.";
}

interface Sending {
  readonly guard: AddressGuard;
  readonly resolve: ResolveHost;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

type Outcome = Omit<WebhookTry, "latencyMs">;

async function post(
  { url: text, id, body, secrets, headers = {} }: WebhookMessage,
  sending: Sending,
): Promise<Outcome> {
  const { guard, resolve, now, signal } = sending;
  const url = new URL(text);
  const host = plainHost(url.hostname);
  const refusal = isIP(host) === 0 ? null : guard(url, host);
  if (refusal) throw new RefusedAddressError(refusal);
  const answer = await open(url, body, {
    method: "POST",
    agent: false,
    signal,
    lookup: guardedLookup(url, guard, resolve),
    headers: {
      ...headers,
      ...signatureHeaders({ id, at: now(), body, secrets }),
      "content-type": "application/cloudevents+json; charset=utf-8",
      "content-length": Buffer.byteLength(body),
      "user-agent": "Shelfmark-Webhooks",
      accept: "*/*",
    },
  });
  await drain(answer, ANSWER_MAX_BYTES);
  return toOutcome(answer, now());
}

function open(url: URL, body: string, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? httpsRequest : httpRequest;
    request(url, options)
      .once("response", resolve)
      .on("error", reject)
      .once("close", () => reject(new Error("The connection was closed without an answer.")))
      .end(body);
  });
}

/** Every address must be one that may be called; the connection then goes to one of these very addresses. */
function guardedLookup(url: URL, guard: AddressGuard, resolve: ResolveHost): LookupFunction {
  return (hostname, { all }, callback) => {
    resolve(plainHost(hostname))
      .then((addresses) => {
        const [first] = addresses;
        if (!first) throw new RefusedAddressError("The host has no address.");
        for (const { address } of addresses) {
          const refusal = guard(url, address);
          if (refusal) throw new RefusedAddressError(refusal);
        }
        if (all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      })
      .catch((error: Error) => callback(error, []));
  };
}

/** Reads the answer to its end, its bound or its time, whichever comes first; what counts has come before it. */
function drain(answer: IncomingMessage, maxBytes: number): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    answer.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) answer.destroy();
    });
    answer.once("error", () => answer.destroy());
    answer.once("close", resolve);
  });
}

function toOutcome({ statusCode = 0, headers }: IncomingMessage, now: Date): Outcome {
  const isTaken = statusCode >= 200 && statusCode < 300;
  const isRedirect = statusCode >= 300 && statusCode < 400;
  const refused = `The receiver answered ${statusCode}${isRedirect ? "; redirects are not followed" : ""}.`;
  return {
    responseCode: statusCode,
    error: isTaken ? null : refused,
    retryAfterMs: isTaken ? null : parseRetryAfter(headers["retry-after"], now),
  };
}

function toFailure(error: Error & { code?: string }): Outcome {
  return { responseCode: null, error: describe(error).slice(0, ERROR_MAX), retryAfterMs: null };
}

function describe(error: Error & { code?: string }): string {
  if (error instanceof RefusedAddressError) return error.message;
  if (error.name === "AbortError") return "The receiver did not answer in time.";
  return `The receiver could not be reached: ${error.code ?? error.name}.`;
}
