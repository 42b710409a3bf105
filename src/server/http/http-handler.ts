import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { RegistryError } from "../../domain/errors.js";
import { isAllowedHost } from "../kit/allowed-hosts.js";
import { corsHeaders, createOriginLog } from "../kit/cross-origin.js";
import { refusalHeaders, statusOf } from "../kit/http-status.js";
import { ACCEPTED_CODINGS, isKnownCoding, tooLong } from "../kit/request-body.js";
import type { HttpContext, Limiters } from "../kit/services.js";
import { overloaded } from "../limits/admission.js";
import { isMlflowLink } from "../pages/mlflow-links.js";
import type { FindPage } from "../pages/pages.js";
import type { RequestRecord } from "../requests/request-record.js";
import type { RequestTracker } from "../requests/request-tracker.js";
import { GRAPHQL_PATH, type Yoga } from "../yoga.js";
import type { serveApi } from "./api-handler.js";
import { compressResponse } from "./compression.js";
import type { createPreparedEntry } from "./prepared-entry.js";
import { connectionAfterRefusal, type Refusal, toRefusalBody } from "./refusal.js";
import { onResponseStart } from "./response-start.js";
import { limitResponseTime } from "./slow-response.js";

const JSON_TYPE = /^application\/(graphql\+)?json\s*(;|$)/i;

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)"?/i;

const REFUSAL_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

interface HttpRefusal extends Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

interface HttpOptions {
  readonly yoga: Yoga;
  readonly isLocal: boolean;
  readonly corsOrigins: readonly string[];
  readonly bodyBytes: number;
  readonly answerMs: number;
  readonly log: Logger;
  readonly tracker: RequestTracker;
  /** Answers the requests of probes and scrapes, and resolves to whether it did. */
  readonly health: (path: string, response: ServerResponse) => Promise<boolean>;
  readonly limiters: Pick<Limiters, "rates" | "admission">;
  readonly entry: ReturnType<typeof createPreparedEntry>;
  /** The API beside GraphQL; null if there is none. */
  readonly api: ReturnType<typeof serveApi> | null;
  readonly findPage: FindPage;
}

/** The request listener for node:http. Refuses here whatever can be refused before the body is read. */
export function createHttpHandler(options: HttpOptions) {
  const { yoga, isLocal, corsOrigins, bodyBytes, answerMs, health, log, tracker, limiters, entry, api, findPage } =
    options;
  const logOrigin = createOriginLog(log, { isLocal, corsOrigins });
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const isEntry = entry.serves(request);
    const follow = () => {
      limitResponseTime(response, answerMs);
      compressResponse(request, response);
    };
    // the entry for prepared operations does so itself, where it is needed
    if (!isEntry) follow();
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (path !== GRAPHQL_PATH && (await health(path, response))) return;
    const isApi = path !== GRAPHQL_PATH && api !== null && api.serves(path) && !isMlflowLink(request, path);
    const kind = path === GRAPHQL_PATH ? "graphql" : isApi ? "api" : "other";
    const record = tracker.beginRequest(request, response, kind);
    logOrigin(request);
    if (isApi) return record.span.run(() => api.answer(response, record, path));
    const page = findPage(request, path);
    const isServed = page !== null || path === GRAPHQL_PATH;
    const refusal = findRefusal(request, isServed, { isLocal, bodyBytes }) ?? findOverload(record.address, limiters);
    if (refusal) {
      if (isEntry) follow();
      return refuse(record, response, {
        ...refusal,
        headers: { ...refusal.headers, ...corsHeaders(request, corsOrigins) },
      });
    }
    if (page) return page(request, response, record.requestId);
    const context: HttpContext = { record, arrival: limiters.admission.arrive() };
    response.once("close", context.arrival.end);
    await record.span.run(async () => {
      if (isEntry) {
        if (await entry.answer(request, response, context)) return;
        follow();
      }
      // a stream does not count for as long as it is open
      onResponseStart(response, context.arrival.end);
      await yoga(request, response, context);
    });
  };
}

/** The refusal of a request that exceeds the rate of its address or the capacity of the server, or that meets its end. */
function findOverload(address: string, { rates, admission }: HttpOptions["limiters"]): HttpRefusal | null {
  try {
    admission.requireOpen();
    rates.countRequest(address);
    if (admission.isFull()) throw overloaded();
    return null;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { status: statusOf(error.code), code: error.code, message: error.message, details: error.details };
  }
}

function findRefusal(
  { headers, method }: IncomingMessage,
  isServed: boolean,
  { isLocal, bodyBytes }: Pick<HttpOptions, "isLocal" | "bodyBytes">,
): HttpRefusal | null {
  const invalid = (status: number, message: string): HttpRefusal => ({ status, code: "INVALID_DOCUMENT", message });
  if (!isAllowedHost(isLocal, headers.host)) {
    return {
      status: 421,
      code: "FORBIDDEN",
      message: "In local mode the server answers to the hosts localhost, 127.0.0.1 and [::1] only.",
    };
  }
  if (!isServed)
    return { status: 404, code: "NOT_FOUND", message: `There is nothing here; GraphQL is at ${GRAPHQL_PATH}.` };
  if (method !== "POST") return null;
  const type = headers["content-type"] ?? "";
  if (!JSON_TYPE.test(type)) return invalid(415, "A request's body must be application/json.");
  if (!isUtf8(type)) return invalid(415, "A request's body must be UTF-8, which JSON is (RFC 8259, section 8.1).");
  if (!isKnownCoding(headers["content-encoding"]))
    return {
      ...invalid(415, `A request's body may have one Content-Encoding: ${ACCEPTED_CODINGS}.`),
      headers: { "accept-encoding": ACCEPTED_CODINGS },
    };
  if (Number(headers["content-length"] ?? 0) > bodyBytes) return invalid(413, tooLong(bodyBytes));
  return null;
}

/** JSON has no charset but UTF-8; the parameter has no meaning, and clients send it (RFC 8259 §11). */
function isUtf8(contentType: string): boolean {
  const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase() ?? "utf-8";
  return charset === "utf-8" || charset === "utf8" || charset === "us-ascii";
}

function refuse(record: RequestRecord, response: ServerResponse, refusal: HttpRefusal): void {
  const { status, code, details = {} } = refusal;
  record.codes = [code];
  response.writeHead(status, {
    ...REFUSAL_HEADERS,
    ...(status === 429 || status === 503 ? connectionAfterRefusal(response.req) : { connection: "close" }),
    ...refusalHeaders(code, details),
    ...refusal.headers,
    "x-request-id": record.requestId,
  });
  response.end(toRefusalBody(refusal, record.requestId));
}
