import type { SpanEnd } from "../../telemetry/tracing.js";
import type { Visit } from "./request-record.js";

/**
 * How a visit looks in a trace, by OpenTelemetry's conventions for GraphQL servers and for HTTP. The document is left
 * out: literals in it may be what variables are for.
 */
export function endOf({ type, name, codes, viewer, method, status, requestId, door, path }: Visit): SpanEnd {
  const [error = null] = codes;
  return {
    name: type === undefined ? method : [type, name].filter(Boolean).join(" "),
    error: error !== null && isFault(error, status) ? error : null,
    attributes: {
      ...(type === undefined ? {} : { "graphql.operation.type": type }),
      ...(name === undefined ? {} : { "graphql.operation.name": name }),
      ...(door === "http" ? { "http.request.method": method } : { "network.protocol.name": "websocket" }),
      ...(status === undefined ? {} : { "http.response.status_code": status }),
      ...(path === "graphql" ? { "url.path": "/graphql", "http.route": "/graphql" } : {}),
      ...(viewer ? { "enduser.id": `${viewer.actor.issuer} ${viewer.actor.subject}` } : {}),
      ...(error === null ? {} : { "error.type": error }),
      "shelfmark.request_id": requestId,
    },
  };
}

const FAULTS: ReadonlySet<string> = new Set(["INTERNAL", "UNAVAILABLE", "TIMEOUT"]);

/** A refusal is an answer: only what the server failed at makes a span of the server an error. */
function isFault(code: string, status = 0): boolean {
  return FAULTS.has(code) || status >= 500;
}
