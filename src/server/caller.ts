import type { IncomingMessage } from "node:http";
import type { TraceHeaders } from "../telemetry/tracing.js";

/** What a request says of whom it comes from, beside the token: what is held of it for as long as its socket is open. */
export interface Caller {
  readonly address: string;
  readonly userAgent: string | undefined;
  /** The id that the caller has given the request, be it fit to be one or not. */
  readonly requestId: string | undefined;
  readonly trace: TraceHeaders;
}

export function callerOf(request: IncomingMessage, addressOf: (request: IncomingMessage) => string): Caller {
  const { headers } = request;
  return {
    address: addressOf(request),
    userAgent: headers["user-agent"],
    requestId: headers["x-request-id"]?.toString(),
    trace: traceHeadersOf(headers) ?? NO_TRACE,
  };
}

const NO_TRACE: TraceHeaders = {};

/** The trace that something belongs to, if it says so. */
export function traceHeadersOf(told: unknown): TraceHeaders | null {
  const { traceparent, tracestate }: Record<string, unknown> =
    typeof told === "object" && told !== null ? { ...told } : {};
  if (typeof traceparent !== "string") return null;
  return { traceparent, tracestate: typeof tracestate === "string" ? tracestate : undefined };
}
