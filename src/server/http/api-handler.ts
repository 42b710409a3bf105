import type { IncomingMessage, ServerResponse } from "node:http";
import { GraphQLError } from "graphql";
import { parseBasicPassword } from "../../auth/basic-token.js";
import type { Viewer } from "../../domain/access/actor.js";
import { ForbiddenError, InvalidDocumentError, RegistryError } from "../../domain/errors.js";
import { isAllowedHost } from "../kit/allowed-hosts.js";
import { authenticate, requireUnexpired } from "../kit/authenticate.js";
import { corsHeaders, isFromForeignPage } from "../kit/cross-origin.js";
import { refusalHeaders } from "../kit/http-status.js";
import { decodeUtf8, isKnownCoding, readBody } from "../kit/request-body.js";
import { ANSWER_HEADERS } from "../kit/response-headers.js";
import type { EntryPointServices, Limiters } from "../kit/services.js";
import { withinTime } from "../kit/within-time.js";
import { type Arrival, overloaded } from "../limits/admission.js";
import type { RequestRecord } from "../requests/request-record.js";
import { createFileTransfers, type Sending } from "./file-transfers.js";
import type { ApiAnswer, ApiEndpoint, MountedApi } from "./mounted-api.js";
import { isPacedByProgress, paceByProgress } from "./paced-responses.js";
import { connectionAfterRefusal } from "./refusal.js";
import { endWhileReceiving, sendBody } from "./send-body.js";
import { closeAfter } from "./slow-response.js";

/** The token of a client that can send Basic only. */
function authorizationOf(request: IncomingMessage): string | undefined {
  const { authorization } = request.headers;
  const password = parseBasicPassword(authorization);
  if (password === null) return authorization;
  if (!isFromForeignPage(request)) return `Bearer ${password}`;
  throw new ForbiddenError("Basic credentials are not accepted from a page of another site. Send a bearer token.", []);
}

/** Serves an API beside GraphQL, with the limits, the tokens and the log of GraphQL. */
export function serveApi(api: MountedApi, services: EntryPointServices, limiters: Limiters) {
  const { config, isLocal, verifier, tracker, sessions, now } = services;
  const { bodyBytes: maxBytes, requestTimeoutMs, transferIdleMs, answerMs } = config.limits;
  const { rates, admission } = limiters;
  const transferFile = createFileTransfers(services, limiters);

  function requireCapacity(request: IncomingMessage, { address }: RequestRecord): void {
    if (!isAllowedHost(isLocal, request.headers.host))
      throw new ForbiddenError("In local mode the server answers to localhost, 127.0.0.1 and [::1] only.", []);
    admission.requireOpen();
    rates.countRequest(address);
    if (admission.isFull()) throw overloaded();
  }

  /** `bytes`: those of the body that will be in memory. */
  async function admit(
    request: IncomingMessage,
    record: RequestRecord,
    arrival: Arrival,
    bytes: number,
  ): Promise<Viewer> {
    const onRefused = () => rates.countRefusedToken(record.address);
    const authorization = authorizationOf(request);
    const viewer = await authenticate(verifier, authorization, onRefused).catch((error: unknown) => {
      tracker.recordRefusedToken(error);
      throw error;
    });
    record.viewer = viewer;
    rates.countOperation(viewer.actor, bytes);
    arrival.assignTo(viewer.actor, bytes);
    return viewer;
  }

  async function readText(request: IncomingMessage, record: RequestRecord, arrival: Arrival): Promise<string> {
    if (!isKnownCoding(request.headers["content-encoding"]))
      throw new InvalidDocumentError("The Content-Encoding of the body is not known.");
    const isCounted =
      request.headers["content-length"] !== undefined && request.headers["content-encoding"] === undefined;
    let bytes = 0;
    const onBytes = (more: number) => {
      bytes += more;
      if (!isCounted) arrival.addBytes(more);
    };
    const body = await readBody(request, { maxBytes, onBytes });
    record.requestBytes = Math.max(record.requestBytes, bytes);
    if (!isCounted && record.viewer) rates.countBytes(record.viewer.actor, bytes);
    return decodeUtf8(body);
  }

  async function call(request: IncomingMessage, record: RequestRecord, endpoint: ApiEndpoint, arrival: Arrival) {
    const viewer = await admit(request, record, arrival, record.requestBytes);
    const { actor } = viewer;
    const body = await readText(request, record, arrival);
    // the token was verified with the headers, and the body may have taken a minute more
    sessions.require(viewer);
    requireUnexpired(viewer, now());
    const { searchParams: query } = new URL(request.url ?? "/", "http://api");
    const contentType = request.headers["content-type"];
    const { points, run } = endpoint.read({ method: record.method, query, contentType, body });
    rates.charge(actor, points);
    const release = await admission.enter(actor);
    record.isExecuted = true;
    const work = run(viewer, record.requestId).finally(release);
    return withinTime(requestTimeoutMs, work, `The request took longer than ${requestTimeoutMs} ms.`);
  }

  async function answerTo(response: ServerResponse, record: RequestRecord, path: string): Promise<ApiAnswer | Sending> {
    const request = response.req;
    requireCapacity(request, record);
    const found = api.find(record.method, path);
    if ("status" in found) return found;
    record.operationType = found.kind;
    record.operationName = found.name;
    if ("readFile" in found) paceByProgress(response);
    const arrival = admission.arrive();
    try {
      if ("read" in found) return await call(request, record, found, arrival);
      const viewer = await admit(request, record, arrival, 0);
      arrival.end();
      return await transferFile({ request, response, record, viewer }, found);
    } finally {
      arrival.end();
    }
  }

  /** The limits throw errors with codes, and the reading of a body those of GraphQL over HTTP. */
  function refuse(error: unknown, { requestId }: RequestRecord): ApiAnswer {
    if (error instanceof GraphQLError) {
      const { status = 400 } = (error.extensions.http ?? {}) as { status?: number };
      return { ...api.refuse(new InvalidDocumentError(error.message), requestId), status };
    }
    const answer = api.refuse(error, requestId);
    if (!(error instanceof RegistryError)) return answer;
    return { ...answer, headers: { ...refusalHeaders(error.code, error.details), ...answer.headers } };
  }

  function headersFor(request: IncomingMessage, { requestId }: RequestRecord) {
    return { ...ANSWER_HEADERS, ...corsHeaders(request, config.corsOrigins), "x-request-id": requestId };
  }

  function respond(response: ServerResponse, record: RequestRecord, answer: ApiAnswer): void {
    const request = response.req;
    const { status, contentType, body, headers, code } = answer;
    if (code !== undefined) record.codes = [code];
    const isLate = !request.complete && isPacedByProgress(response);
    response.writeHead(status, {
      ...headersFor(request, record),
      ...(request.complete ? {} : isLate ? { connection: "close" } : connectionAfterRefusal(request)),
      ...(isLate ? { "content-length": Buffer.byteLength(body) } : {}),
      "content-type": contentType,
      ...headers,
    });
    if (isPacedByProgress(response)) closeAfter(response, answerMs);
    if (isLate) endWhileReceiving(request, response, body);
    else response.end(body);
  }

  async function send(response: ServerResponse, record: RequestRecord, sending: Sending): Promise<void> {
    response.writeHead(sending.status, { ...headersFor(response.req, record), ...sending.headers });
    if (record.method !== "HEAD") return sendBody(response, sending.open(), transferIdleMs);
    response.end();
    await sending.close();
  }

  return {
    serves: (path: string) => api.serves(path),
    async answer(response: ServerResponse, record: RequestRecord, path: string) {
      const answer = await answerTo(response, record, path).catch((error: unknown) => refuse(error, record));
      if ("kind" in answer) await send(response, record, answer);
      else respond(response, record, answer);
    },
  };
}
