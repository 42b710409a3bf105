import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "graphql-yoga";
import { createParamsReader } from "../kit/request-params.js";
import type { HttpContext } from "../kit/services.js";
import type { RateLimits } from "../limits/rate-limits.js";

type BodyContext = HttpContext & { readonly req: IncomingMessage; readonly res: ServerResponse };

/**
 * Reads the body of a POST as JSON. Yoga's own parser replaces what is not UTF-8, rounds numbers in silence, and knows no
 * content codings.
 */
export function useRequestBody(maxBytes: number, rates: RateLimits): Plugin<object, BodyContext> {
  const read = createParamsReader(maxBytes, rates);
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      if (request.method === "POST") setRequestParser(() => read(serverContext, serverContext));
    },
  };
}
