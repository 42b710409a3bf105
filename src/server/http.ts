import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { ERROR_CODES, RegistryError } from "../domain/errors.js";
import { overloaded } from "./admission.js";
import { retryAfter, statusOf } from "./http-status.js";
import { isAllowedHost } from "./names.js";
import { requestIdOf } from "./request-id.js";
import { logRequest } from "./request-log.js";
import type { Guards } from "./services.js";
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
  readonly details?: Readonly<Record<string, unknown>>;
}

interface HttpOptions {
  readonly yoga: Yoga;
  readonly isLocal: boolean;
  readonly bodyBytes: number;
  readonly log: Logger;
  readonly health: (path: string, response: ServerResponse) => Promise<boolean>;
  readonly guards: Pick<Guards, "rates" | "admission">;
  readonly addressOf: (request: IncomingMessage) => string;
}

/** What node:http calls for each request: what can be refused without reading the body is refused here. */
export function createHttpHandler({ yoga, isLocal, bodyBytes, health, log, guards, addressOf }: HttpOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (await health(path, response)) return;
    const address = addressOf(request);
    const refusal = findRefusal(request, path, { isLocal, bodyBytes }) ?? (await findOverload(address, guards));
    if (refusal) return refuse(request, response, refusal, log);
    await yoga(request, response, { address });
  };
}

/** What is refused for its number: of one address, or of all. */
async function findOverload(address: string, { rates, admission }: HttpOptions["guards"]): Promise<Refusal | null> {
  try {
    await rates.countRequest(address);
    if (admission.isFull()) throw overloaded();
    return null;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { status: statusOf(error.code), code: error.code, message: error.message, details: error.details };
  }
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
  { status, code, message, details = {} }: Refusal,
  log: Logger,
): void {
  const requestId = requestIdOf(request.headers["x-request-id"]?.toString());
  response.writeHead(status, { ...REFUSAL_HEADERS, ...retryAfter(details), "x-request-id": requestId });
  logRequest(log, { requestId, method: request.method, status, ms: 0, codes: [code] });
  response.end(
    JSON.stringify({
      errors: [{ message, extensions: { ...details, code, retryable: ERROR_CODES[code].retryable, requestId } }],
    }),
  );
}
