import type { IncomingMessage, ServerResponse } from "node:http";
import { ERROR_CODES, RegistryError } from "../../domain/errors.js";
import { refusalHeaders, statusOf } from "../kit/http-status.js";
import type { Limiters } from "../kit/services.js";
import { overloaded } from "../limits/admission.js";
import type { RequestRecord } from "../requests/request-record.js";
import type { RequestTracker } from "../requests/request-tracker.js";
import { GRAPHQL_PATH, type Yoga } from "../yoga.js";
import { isAllowedHost } from "./allowed-hosts.js";

const JSON_TYPE = /^application\/(graphql\+)?json\s*(;|$)/i;

const REFUSAL_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** A body that is not wanted is read to its end if it is no longer than this, else the connection is closed. */
const DISCARDED_BYTES = 64 * 1024;

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
  readonly tracker: RequestTracker;
  readonly health: (path: string, response: ServerResponse) => Promise<boolean>;
  readonly limiters: Pick<Limiters, "rates" | "admission">;
}

/** What node:http calls for each request: what can be refused without reading the body is refused here. */
export function createHttpHandler({ yoga, isLocal, bodyBytes, health, tracker, limiters }: HttpOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (await health(path, response)) return;
    const record = tracker.beginRequest(request, response, path === GRAPHQL_PATH);
    const refusal =
      findRefusal(request, path, { isLocal, bodyBytes }) ?? (await findOverload(record.address, limiters));
    if (refusal) return refuse(record, request, response, refusal);
    const arrival = limiters.admission.arrive();
    onAnswerStart(response, arrival.end);
    await record.span.run(async () => yoga(request, response, { record, arrival }));
  };
}

/** Calls back when an answer begins, or when the client has gone: a stream does not count for as long as it is open. */
function onAnswerStart(response: ServerResponse, answered: () => void): void {
  const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => ServerResponse;
  response.writeHead = (...head: unknown[]) => {
    answered();
    return writeHead(...head);
  };
  response.once("close", answered);
}

/** What is refused for its number, of one address or of all, and what comes when the server stops. */
async function findOverload(address: string, { rates, admission }: HttpOptions["limiters"]): Promise<Refusal | null> {
  try {
    admission.requireOpen();
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

/** Whoever is refused for the number of requests keeps the connection: new ones cost the server more than the answer. */
function connectionOf(request: IncomingMessage, status: number): { connection?: "close" } {
  const isShort = Number(request.headers["content-length"] ?? 0) <= DISCARDED_BYTES;
  if (!isShort || (status !== 429 && status !== 503)) return { connection: "close" };
  request.resume();
  return {};
}

function refuse(
  record: RequestRecord,
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message, details = {} }: Refusal,
): void {
  const { requestId } = record;
  record.codes = [code];
  response.writeHead(status, {
    ...REFUSAL_HEADERS,
    ...connectionOf(request, status),
    ...refusalHeaders(code, details),
    "x-request-id": requestId,
  });
  response.end(
    JSON.stringify({
      errors: [{ message, extensions: { ...details, code, retryable: ERROR_CODES[code].retryable, requestId } }],
    }),
  );
}
