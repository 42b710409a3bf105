import type { TraceHeaders } from "../../telemetry/tracing.js";

/** Every party should pass on at least this much of tracestate (W3C Trace Context §3.3.1.5). */
const MAX_CHARACTERS = 512;

/** The trace headers in a client's headers or in an object that it sent; null if there is no traceparent. */
export function traceHeadersOf(carrier: unknown): TraceHeaders | null {
  if (typeof carrier !== "object" || carrier === null) return null;
  const { traceparent, tracestate } = carrier as Readonly<Record<string, unknown>>;
  if (!isShort(traceparent)) return null;
  return { traceparent, tracestate: isShort(tracestate) ? tracestate : undefined };
}

function isShort(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_CHARACTERS;
}
