import type { ErrorCode } from "../domain/errors.js";

const STATUS: Partial<Record<ErrorCode, number>> = { UNAUTHENTICATED: 401, RATE_LIMITED: 429, UNAVAILABLE: 503 };
const RETRY_SECONDS = 5;

/** The status of what is refused as a whole (RFC 9110 §15, RFC 6585 §4). */
export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 500;
}

/** `Retry-After` in whole seconds (RFC 9110 §10.2.3), where a refusal says when. */
export function retryAfter({ retryAfterSeconds }: Readonly<Record<string, unknown>>): Record<string, string> {
  return typeof retryAfterSeconds === "number" ? { "retry-after": String(retryAfterSeconds) } : {};
}

/** The headers that go with a refusal's code. */
export function refusalHeaders(code: ErrorCode, details: Readonly<Record<string, unknown>>): Record<string, string> {
  if (code === "UNAUTHENTICATED") return { "www-authenticate": 'Bearer realm="shelfmark"' };
  if (code === "UNAVAILABLE") return { "retry-after": String(RETRY_SECONDS), ...retryAfter(details) };
  return retryAfter(details);
}
