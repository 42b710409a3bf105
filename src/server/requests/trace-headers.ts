import type { TraceHeaders } from "../../telemetry/tracing.js";

/** As much as anybody has to pass on (W3C Trace Context §3.3.1.5). */
const MAX_CHARACTERS = 512;

/** What of the trace of a caller is told in headers, or in an object of a client's; null if nothing is. */
export function traceHeadersOf(told: unknown): TraceHeaders | null {
  const given: Record<string, unknown> = typeof told === "object" && told !== null ? { ...told } : {};
  const { traceparent, tracestate } = given;
  if (!isShort(traceparent)) return null;
  return { traceparent, tracestate: isShort(tracestate) ? tracestate : undefined };
}

function isShort(text: unknown): text is string {
  return typeof text === "string" && text.length <= MAX_CHARACTERS;
}
