import type { Plugin } from "graphql-yoga";
import { ANSWER_HEADERS } from "../kit/response-headers.js";
import type { HttpContext } from "../kit/services.js";

/** nginx holds the events of a stream back until they fill a buffer, unless this header forbids it. */
const STREAM_HEADERS = { "x-accel-buffering": "no" };

/** For GraphiQL, the only page. */
const HTML_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; font-src data:; connect-src 'self' ws://localhost:* ws://127.0.0.1:*; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
};

/** Sets the headers of every response that yoga makes. */
export function useResponseHeaders(): Plugin<object, HttpContext> {
  return {
    onResponse({ response, serverContext }) {
      const type = response.headers.get("content-type") ?? "";
      const headers = {
        "x-request-id": serverContext.record.requestId,
        ...ANSWER_HEADERS,
        ...(type.startsWith("text/event-stream") ? STREAM_HEADERS : {}),
        ...(type.startsWith("text/html") ? HTML_HEADERS : {}),
      };
      // yoga calls a stream encoded as "none", which is no coding (RFC 9110 §8.4.1)
      if (response.headers.get("content-encoding") === "none") response.headers.delete("content-encoding");
      for (const [name, value] of Object.entries(headers)) {
        // `set` alone would add a second header beside one that yoga wrote in capitals
        response.headers.delete(name);
        response.headers.set(name, value);
      }
    },
  };
}
