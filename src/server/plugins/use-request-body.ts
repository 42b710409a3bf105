import type { IncomingMessage } from "node:http";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import { hasBareNotANumber, parseJson } from "../../util/exact-json.js";
import { badRequest } from "../kit/bad-request.js";
import { decodeUtf8, readBody } from "../kit/request-body.js";
import type { HttpContext } from "../kit/services.js";
import type { RateLimits } from "../limits/rate-limits.js";

type BodyContext = HttpContext & { readonly req: IncomingMessage };

/**
 * Reads the body of a POST as JSON. Yoga's own parser replaces what is not UTF-8, rounds numbers in silence, and knows no
 * content codings.
 */
export function useRequestBody(maxBytes: number, rates: RateLimits): Plugin<object, BodyContext> {
  async function read({ req, record, arrival, viewer }: BodyContext): Promise<GraphQLParams> {
    // the length in the header, if there is one, was counted when the token was verified
    const isCounted = req.headers["content-length"] !== undefined && req.headers["content-encoding"] === undefined;
    const onBytes = isCounted ? () => {} : arrival.addBytes;
    const body = await readBody(req, { maxBytes, onBytes });
    if (!isCounted) {
      record.requestBytes = body.length;
      if (viewer) await rates.countBytes(viewer.actor, body.length);
    }
    return parseParams(decodeUtf8(body));
  }

  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      if (request.method === "POST") setRequestParser(() => read(serverContext));
    },
  };
}

function parseParams(text: string): GraphQLParams {
  const params = parse(text);
  if (typeof params === "object" && params !== null) return params as GraphQLParams;
  throw badRequest(
    `The body must be a JSON object with the member "query"; it is ${params === null ? "null" : `a ${typeof params}`}.`,
  );
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    if (text.trim() === "") throw badRequest('The body is empty. It must be a JSON object with the member "query".');
    if (hasBareNotANumber(text))
      throw badRequest(
        'The body is not valid JSON: JSON has no NaN and no Infinity (RFC 8259, section 6). Send such a value of a metric as the text "NaN", "Infinity" or "-Infinity".',
      );
    throw badRequest("The body is not valid JSON.");
  }
}
