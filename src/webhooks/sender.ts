import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { InvalidInputError } from "../domain/errors.js";
import { parseRetryAfter } from "../domain/webhooks/retry-schedule.js";
import { CONTENT_TYPES, wordOfRefusal } from "../domain/webhooks/webhook-format.js";
import type { WebhookMessage, WebhookTry } from "../registry/webhooks/webhook-services.js";
import { isLocalhostName } from "../util/network/loopback.js";
import {
  type AddressGuard,
  type AddressRules,
  allowedNames,
  createAddressGuard,
  HTTPS_ONLY,
  plainHost,
} from "./address-rules.js";
import { createResolver, type ResolveHost } from "./resolve-host.js";
import { signatureHeaders } from "./signature.js";

export interface SenderOptions extends AddressRules {
  readonly now: () => Date;
  readonly resolve?: ResolveHost;
  /** Limits the whole send, from the look-up to the end of the response. */
  readonly timeoutMs?: number;
}

export interface Sender {
  requireSendable(field: string, url: string): void;
  send(message: WebhookMessage, signal?: AbortSignal): Promise<WebhookTry>;
}

const TIMEOUT_MS = 15_000;
const MAX_RESPONSE_BYTES = 64 * 1024;
const MAX_WORD_BYTES = 100;
const MAX_ERROR_CHARACTERS = 300;

/** A host has an address that may not be called. */
class RefusedAddressError extends Error {
  override readonly name = "RefusedAddressError";
}

/** Sends each message over a new connection to a checked address. Connections are not reused, redirects not followed. */
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

/** The refusal of a URL that needs no look-up of its host; null if there is none. */
function refusalOf(guard: AddressGuard, url: URL, isLocal: boolean): string | null {
  const host = plainHost(url.hostname);
  if (isIP(host) !== 0) return guard(url, host);
  return url.protocol === "https:" || (isLocal && isLocalhostName(host)) ? null : HTTPS_ONLY;
}

interface Sending {
  readonly guard: AddressGuard;
  readonly resolve: ResolveHost;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

type Outcome = Omit<WebhookTry, "latencyMs">;

async function post(
  { url: text, id, format, body, secrets, headers = {} }: WebhookMessage,
  sending: Sending,
): Promise<Outcome> {
  const { guard, resolve, now, signal } = sending;
  const url = new URL(text);
  const host = plainHost(url.hostname);
  const refusal = isIP(host) === 0 ? null : guard(url, host);
  if (refusal) throw new RefusedAddressError(refusal);
  const response = await open(url, body, {
    method: "POST",
    agent: false,
    signal,
    lookup: guardedLookup(url, guard, resolve),
    headers: {
      ...headers,
      ...signatureHeaders({ id, at: now(), body, secrets }),
      "content-type": CONTENT_TYPES[format],
      "content-length": Buffer.byteLength(body),
      "user-agent": "Shelfmark-Webhooks",
      accept: "*/*",
    },
  });
  const answer = await drain(response, MAX_RESPONSE_BYTES);
  return toOutcome(response, wordOfRefusal(format, answer), now());
}

function open(url: URL, body: string, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? httpsRequest : httpRequest;
    request(url, options)
      .once("response", resolve)
      .on("error", reject)
      .once("close", () => reject(new Error("The connection was closed without a response.")))
      .end(body);
  });
}

/** Requires that every address of the host may be called. The connection then uses one of these checked addresses. */
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

/**
 * Reads the body until its end, its limit or the timeout, and returns its beginning. Whether the message was accepted is
 * known from the headers already.
 */
function drain(response: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve) => {
    let bytes = 0;
    let start = "";
    response.on("data", (chunk: Buffer) => {
      if (bytes === 0) start = chunk.toString("utf8", 0, MAX_WORD_BYTES);
      bytes += chunk.length;
      if (bytes > maxBytes) response.destroy();
    });
    response.once("error", () => response.destroy());
    response.once("close", () => resolve(start));
  });
}

function toOutcome({ statusCode = 0, headers }: IncomingMessage, word: string | null, now: Date): Outcome {
  const isAccepted = statusCode >= 200 && statusCode < 300;
  const isRedirect = statusCode >= 300 && statusCode < 400;
  const refused = `The receiver responded with ${statusCode}${isRedirect ? "; redirects are not followed" : ""}${word === null ? "" : `: ${word}`}.`;
  return {
    responseCode: statusCode,
    error: isAccepted ? null : refused,
    retryAfterMs: isAccepted ? null : parseRetryAfter(headers["retry-after"], now),
  };
}

function toFailure(error: Error & { code?: string }): Outcome {
  return { responseCode: null, error: describe(error).slice(0, MAX_ERROR_CHARACTERS), retryAfterMs: null };
}

function describe(error: Error & { code?: string }): string {
  if (error instanceof RefusedAddressError) return error.message;
  if (error.name === "AbortError") return "The receiver did not respond in time.";
  return `The receiver could not be reached: ${error.code ?? error.name}.`;
}
