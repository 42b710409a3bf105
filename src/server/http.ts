import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { RegistryError } from "../domain/errors.js";
import { isAllowedHost } from "./names.js";
import { requestIdOf } from "./request-id.js";
import { logRequest } from "./request-log.js";
import { GRAPHQL_PATH, type Yoga } from "./yoga.js";

const JSON_TYPE = /^application\/(graphql-response\+json|graphql\+json|json)\s*(;|$)/i;

const REFUSAL_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  // the body has not been read
  connection: "close",
};

interface Refusal {
  readonly status: number;
  readonly code: RegistryError["code"];
  readonly message: string;
}

interface HttpOptions {
  readonly yoga: Yoga;
  readonly isLocal: boolean;
  readonly bodyBytes: number;
  readonly log: Logger;
  readonly health: (path: string, response: ServerResponse) => Promise<boolean>;
}

/** What node:http calls for each request: what can be refused without reading the body is refused here. */
export function createHttpHandler({ yoga, isLocal, bodyBytes, health, log }: HttpOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (await health(path, response)) return;
    const refusal = findRefusal(request, path, { isLocal, bodyBytes });
    if (refusal) return refuse(request, response, refusal, log);
    await yoga(request, response);
  };
}

function findRefusal(
  { headers, method }: IncomingMessage,
  path: string,
  { isLocal, bodyBytes }: Pick<HttpOptions, "isLocal" | "bodyBytes">,
): Refusal | null {
  const invalid = (status: number, message: string): Refusal => ({ status, code: "INVALID_DOCUMENT", message });
  if (!isAllowedHost(isLocal, headers.host)) {
    return {
      status: 421,
      code: "FORBIDDEN",
      message: "In local mode the server answers to localhost, 127.0.0.1 and [::1] only.",
    };
  }
  if (path !== GRAPHQL_PATH)
    return { status: 404, code: "NOT_FOUND", message: `There is nothing here; GraphQL is at ${GRAPHQL_PATH}.` };
  if (method !== "POST") return null;
  if (!JSON_TYPE.test(headers["content-type"] ?? "")) return invalid(415, "A request's body must be application/json.");
  if (headers["content-length"] === undefined)
    return invalid(411, "A request must say its length: content-length is missing.");
  if (Number(headers["content-length"]) > bodyBytes)
    return invalid(413, `A request's body may have ${bodyBytes} bytes at most.`);
  return null;
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message }: Refusal,
  log: Logger,
): void {
  const requestId = requestIdOf(request.headers["x-request-id"]?.toString());
  response.writeHead(status, { ...REFUSAL_HEADERS, "x-request-id": requestId });
  logRequest(log, { requestId, method: request.method, status, ms: 0, codes: [code] });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code, retryable: false, requestId } }] }));
}
