import type { IncomingMessage, ServerResponse } from "node:http";
import type { RegistryError } from "../domain/errors.js";
import { isAllowedHost } from "./names.js";
import type { Visit } from "./visit.js";
import type { Visits } from "./visits.js";
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
  readonly visits: Visits;
  readonly health: (path: string, response: ServerResponse) => Promise<boolean>;
}

/** What node:http calls for each request: what can be refused without reading the body is refused here. */
export function createHttpHandler({ yoga, isLocal, bodyBytes, health, visits }: HttpOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (await health(path, response)) return;
    const visit = visits.begin(request, response, path === GRAPHQL_PATH);
    // whoever reads it from here on finds the one that is logged
    request.headers["x-request-id"] = visit.requestId;
    const refusal = findRefusal(request, path, { isLocal, bodyBytes });
    if (refusal) return refuse(visit, response, refusal);
    await visit.span.run(async () => yoga(request, response, { visit }));
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

function refuse(visit: Visit, response: ServerResponse, { status, code, message }: Refusal): void {
  const { requestId } = visit;
  visit.codes = [code];
  response.writeHead(status, { ...REFUSAL_HEADERS, "x-request-id": requestId });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code, retryable: false, requestId } }] }));
}
