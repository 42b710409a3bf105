import type { ExecutionResult } from "graphql";
import type { ErrorCode } from "../../domain/errors.js";

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

const REFUSED_WHOLE: ReadonlySet<ErrorCode> = new Set(["UNAUTHENTICATED", "RATE_LIMITED", "UNAVAILABLE"]);

/** An operation that was refused as a whole, for its token or since there were too many, is so in HTTP's words, too. */
export function withStatus(answer: ExecutionResult): ExecutionResult {
  const [refusal] = answer.data ? [] : (answer.errors ?? []);
  const code = refusal?.extensions.code as ErrorCode | undefined;
  if (!refusal || refusal.path || !code || !REFUSED_WHOLE.has(code)) return answer;
  refusal.extensions.http = { status: statusOf(code), spec: false, headers: refusalHeaders(code, refusal.extensions) };
  return answer;
}
