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
  if (code === "UNAUTHENTICATED") return { "www-authenticate": 'Bearer realm="shelfmark"' };
  if (code === "UNAVAILABLE") return { "retry-after": String(RETRY_SECONDS), ...retryAfter(details) };
  return retryAfter(details);
}

/** Sets status and headers of an operation that was refused as a whole, for its token or because there were too many. */
export function withStatus(result: ExecutionResult): ExecutionResult {
  const [refusal] = result.data ? [] : (result.errors ?? []);
  const code = refusal?.extensions.code as ErrorCode | undefined;
  if (!refusal || refusal.path || !code || !Object.hasOwn(STATUS, code)) return result;
  refusal.extensions.http = { status: statusOf(code), spec: false, headers: refusalHeaders(code, refusal.extensions) };
  return result;
}
