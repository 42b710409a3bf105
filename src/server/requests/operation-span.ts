import type { SpanEnd } from "../../telemetry/tracing.js";
import type { RequestRecord } from "./request-record.js";

/**
 * The end of a request's span, by OpenTelemetry's conventions for GraphQL servers and for HTTP. The document is left out:
 * clients that use no variables put their secrets into it as literals.
 */
export function spanEndOf(record: RequestRecord): SpanEnd {
  const { operationType, operationName, codes, viewer, method, status, requestId, transport, path } = record;
  const [error = null] = codes;
  return {
    name: operationType === undefined ? method : [operationType, operationName].filter(Boolean).join(" "),
    error: error !== null && isFault(error, status) ? error : null,
    attributes: {
      ...(operationType === undefined || path === "api" ? {} : { "graphql.operation.type": operationType }),
      ...(operationName === undefined || path === "api" ? {} : { "graphql.operation.name": operationName }),
      ...(operationName !== undefined && path === "api" ? { "http.route": operationName } : {}),
      ...(transport === "http" ? { "http.request.method": method } : { "network.protocol.name": "websocket" }),
      ...(status === undefined ? {} : { "http.response.status_code": status }),
      ...(path === "graphql" ? { "url.path": "/graphql", "http.route": "/graphql" } : {}),
      ...(viewer ? { "enduser.id": `${viewer.actor.issuer} ${viewer.actor.subject}` } : {}),
      ...(error === null ? {} : { "error.type": error }),
      "shelfmark.request_id": requestId,
    },
  };
}

const FAULTS: ReadonlySet<string> = new Set(["INTERNAL", "UNAVAILABLE", "TIMEOUT"]);

/** A refusal is a proper answer. A span is an error only if the server failed. */
function isFault(code: string, status = 0): boolean {
  return FAULTS.has(code) || status >= 500;
}
