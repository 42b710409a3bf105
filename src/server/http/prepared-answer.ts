import type { IncomingMessage, ServerResponse } from "node:http";
import { corsOptionsFor } from "../kit/cross-origin.js";
import { ANSWER_HEADERS } from "../kit/response-headers.js";
import type { EntryPointServices } from "../kit/services.js";
import { compressResponse, MIN_COMPRESSED_BYTES } from "./compression.js";
import { limitResponseTime, limitWrittenResponse } from "./slow-response.js";

export interface PreparedAnswer {
  readonly body: string;
  /** With its charset. */
  readonly mediaType: string;
  readonly requestId: string;
}

/** Returns what writes an answer with the headers that yoga and its plugins give it. */
export function createPreparedAnswer({ corsOrigins, limits }: EntryPointServices["config"]) {
  const { answerMs } = limits;
  return (request: IncomingMessage, response: ServerResponse, answer: PreparedAnswer): void => {
    // the client has left
    if (response.closed || response.destroyed) return;
    const length = Buffer.byteLength(answer.body);
    const headers = {
      "content-type": answer.mediaType,
      "content-length": String(length),
      ...originHeaders(request, corsOrigins),
      "x-request-id": answer.requestId,
      ...ANSWER_HEADERS,
    };
    if (length >= MIN_COMPRESSED_BYTES && request.headers["accept-encoding"] !== undefined) {
      limitResponseTime(response, answerMs);
      compressResponse(request, response);
      response.writeHead(200, headers).end(answer.body);
    } else {
      response.writeHead(200, { ...headers, Vary: "Accept-Encoding" }).end(answer.body);
      limitWrittenResponse(response, answerMs);
    }
  };
}

/** As yoga writes them from the same options. */
function originHeaders({ headers }: IncomingMessage, corsOrigins: readonly string[]): Record<string, string> {
  const options = headers.origin === undefined ? false : corsOptionsFor(headers.origin, corsOrigins);
  if (options === false) return {};
  return {
    "access-control-allow-origin": String(options.origin),
    "access-control-allow-methods": String(options.methods?.join(", ")),
    "access-control-expose-headers": String(options.exposedHeaders?.join(", ")),
  };
}
