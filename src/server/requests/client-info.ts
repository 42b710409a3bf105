import type { IncomingMessage } from "node:http";
import type { TraceHeaders } from "../../telemetry/tracing.js";
import { requestIdOf } from "./request-id.js";
import { traceHeadersOf } from "./trace-headers.js";

/** What a request reveals about its client, besides the token. A socket keeps it for as long as it is open. */
export interface ClientInfo {
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly requestId: string;
  readonly trace: TraceHeaders;
}

export function clientInfoOf(request: IncomingMessage, addressOf: (request: IncomingMessage) => string): ClientInfo {
  const { headers } = request;
  return {
    address: addressOf(request),
    userAgent: headers["user-agent"],
    requestId: requestIdOf(request),
    trace: traceHeadersOf(headers) ?? NO_TRACE,
  };
}

const NO_TRACE: TraceHeaders = {};
