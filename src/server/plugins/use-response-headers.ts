import type { Plugin } from "graphql-yoga";
import { ANSWER_HEADERS } from "../kit/response-headers.js";
import type { HttpContext } from "../kit/services.js";

/** nginx holds the events of a stream back until they fill a buffer, unless this header forbids it. */
const STREAM_HEADERS = { "x-accel-buffering": "no" };

/** Sets the headers of every response that yoga makes. */
export function useResponseHeaders(): Plugin<object, HttpContext> {
  return {
    onResponse({ response, serverContext }) {
      const type = response.headers.get("content-type") ?? "";
      const headers = {
        "x-request-id": serverContext.record.requestId,
        ...ANSWER_HEADERS,
        ...(type.startsWith("text/event-stream") ? STREAM_HEADERS : {}),
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
