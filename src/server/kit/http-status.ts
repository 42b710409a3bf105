import type { ExecutionResult } from "graphql";
import type { ErrorCode } from "../../domain/errors.js";

/** The status of a request that is refused as a whole (RFC 9110 §15, RFC 6585 §4). */
const STATUS: Partial<Record<ErrorCode, number>> = { UNAUTHENTICATED: 401, RATE_LIMITED: 429, UNAVAILABLE: 503 };
const RETRY_SECONDS = 5;

export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 500;
}

/** `Retry-After` in whole seconds (RFC 9110 §10.2.3), if the details of the error hold a time. */
export function retryAfter({ retryAfterSeconds }: Readonly<Record<string, unknown>>): Record<string, string> {
  return typeof retryAfterSeconds === "number" ? { "retry-after": String(retryAfterSeconds) } : {};
}

/** The headers that go with the code of a refusal (RFC 6750 §3, RFC 9110 §10.2.3). */
export function refusalHeaders(code: ErrorCode, details: Readonly<Record<string, unknown>>): Record<string, string> {
  if (code === "UNAUTHENTICATED") return { "www-authenticate": challengeFor(details.reason) };
  if (code === "UNAVAILABLE") return { "retry-after": String(RETRY_SECONDS), ...retryAfter(details) };
  return retryAfter(details);
}

/** Only a token that was sent is called invalid; a client that sent none is not told of an error (RFC 6750 §3.1). */
function challengeFor(reason: unknown): string {
  return reason === "missing" ? 'Bearer realm="shelfmark"' : 'Bearer realm="shelfmark", error="invalid_token"';
}

/** What a request is to blame for that never was executed, except for these. */
const NOT_EXECUTED: Partial<Record<ErrorCode, number>> = { INTERNAL: 500, TIMEOUT: 504 };

/**
 * Sets status and headers of an operation that was refused as a whole. For its token, or because there were too many, that
 * is the status for every media type. A result without `data` has a status of 4xx or 5xx (GraphQL over HTTP, Status Codes);
 * in `application/json` it stays 200, because clients of that type take another status for an answer of a proxy.
 */
export function withStatus(result: ExecutionResult): ExecutionResult {
  const [refusal] = result.data ? [] : (result.errors ?? []);
  const code = refusal?.extensions.code as ErrorCode | undefined;
  if (!refusal || refusal.path || !code) return result;
  if (Object.hasOwn(STATUS, code)) {
    refusal.extensions.http = {
      status: statusOf(code),
      spec: false,
      headers: refusalHeaders(code, refusal.extensions),
    };
  } else if (result.data === undefined) {
    refusal.extensions.http ??= { status: NOT_EXECUTED[code] ?? 400, spec: true };
  }
  return result;
}
