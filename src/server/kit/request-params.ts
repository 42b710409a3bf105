import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphQLParams } from "graphql-yoga";
import { hasBareNotANumber, parseJson } from "../../util/exact-json.js";
import type { RateLimits } from "../limits/rate-limits.js";
import { badRequest } from "./bad-request.js";
import { decodeUtf8, readBody } from "./request-body.js";
import type { HttpContext } from "./services.js";

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** Reads the body of a POST as JSON, once for each request. Rejects with a GraphQLError that has the HTTP status. */
export function createParamsReader(maxBytes: number, rates: RateLimits) {
  async function read({ req, res }: Exchange, { record, arrival, viewer }: HttpContext): Promise<GraphQLParams> {
    // the length in the header, if there is one, was counted when the token was verified
    const isCounted = req.headers["content-length"] !== undefined && req.headers["content-encoding"] === undefined;
    let bytes = 0;
    const onBytes = (more: number) => {
      bytes += more;
      if (!isCounted) arrival.addBytes(more);
    };
    try {
      return parseParams(decodeUtf8(await readBody(req, { maxBytes, onBytes })));
    } finally {
      // what is not read of a refused body would stand before the next request
      if (!req.complete) res.shouldKeepAlive = false;
      record.requestBytes = Math.max(record.requestBytes, bytes);
      // also for what was refused: it was decompressed
      if (!isCounted && viewer) rates.countBytes(viewer.actor, bytes);
    }
  }
  return (exchange: Exchange, context: HttpContext): Promise<GraphQLParams> => {
    context.body ??= read(exchange, context);
    return context.body;
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
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(error.message);
    if (text.trim() === "") throw badRequest('The body is empty. It must be a JSON object with the member "query".');
    if (hasBareNotANumber(text))
      throw badRequest(
        'The body is not valid JSON: JSON has no NaN and no Infinity (RFC 8259, section 6). Send such a value of a metric as the text "NaN", "Infinity" or "-Infinity".',
      );
    throw badRequest("The body is not valid JSON.");
  }
}
