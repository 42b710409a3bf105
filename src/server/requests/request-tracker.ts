import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ExecutionResult } from "graphql";
import type { Logger } from "pino";
import { type ErrorCode, UnauthenticatedError } from "../../domain/errors.js";
import type { Metrics } from "../../telemetry/metrics.js";
import type { Tracing } from "../../telemetry/tracing.js";
import { peerAddress } from "./client-address.js";
import { type Caller, callerOf } from "./client-info.js";
import { endOf } from "./operation-span.js";
import { newRequestId } from "./request-id.js";
import { logRequest } from "./request-log.js";
import { codesOf, NO_CODES, type Visit } from "./request-record.js";
import { traceHeadersOf } from "./trace-headers.js";

interface VisitServices {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly addressOf: (request: IncomingMessage) => string;
}

const UPGRADE_CODES: Readonly<Record<number, ErrorCode>> = {
  400: "INVALID_DOCUMENT",
  404: "NOT_FOUND",
  429: "RATE_LIMITED",
  503: "UNAVAILABLE",
};

const UNREAD = { door: "http", type: null, name: null, seconds: 0, isExecuted: false } as const;

/** Follows what both doors serve, and tells the log, the metrics and the trace of it. */
export class Visits {
  private readonly services: VisitServices;

  constructor(services: VisitServices) {
    this.services = services;
  }

  /** A request of HTTP, from here until its answer has been written, or its stream has ended. */
  begin(request: IncomingMessage, response: ServerResponse, isGraphQL: boolean): Visit {
    const method = request.method ?? "";
    const askedBytes = Number(request.headers["content-length"] ?? 0);
    const path = isGraphQL ? "graphql" : "other";
    const visit = { ...this.meet(this.callerOf(request), method), door: "http", path, askedBytes } as Visit;
    const before = request.socket.bytesWritten;
    const { socket } = request;
    response.once("close", () => {
      visit.status = response.statusCode;
      visit.bytes = socket.bytesWritten - before;
      if (!response.writableFinished) visit.left = true;
      this.services.metrics.httpAnswer(response.statusCode);
      this.answer(visit);
      logRequest(this.services.log, visit);
    });
    return visit;
  }

  /** An operation of a socket, under an id of its own; what of the trace comes with it goes before what came with the handshake. */
  beginOperation(caller: Caller, askedBytes: number, told: unknown): Visit {
    const met = this.meet({ ...caller, requestId: newRequestId() }, "WS", told);
    return { ...met, door: "websocket", path: "graphql", askedBytes } as Visit;
  }

  /** A handshake that is refused, with its status line. */
  refuseUpgrade(request: IncomingMessage, statusLine: string): void {
    const status = Number.parseInt(statusLine, 10);
    const codes = [UPGRADE_CODES[status] ?? "FORBIDDEN"];
    const met = this.meet(this.callerOf(request), request.method ?? "");
    const path = status === 404 ? "other" : "graphql";
    this.services.metrics.httpAnswer(status);
    this.end({ ...met, door: "websocket", path, status, codes, askedBytes: 0 } as Visit);
  }

  /** What could not be read as a request. Returns the id that it is told. */
  refuseUnread(socket: Socket, status: number, code: ErrorCode): string {
    const requestId = newRequestId();
    this.services.metrics.httpAnswer(status);
    this.services.metrics.operation({ ...UNREAD, code });
    this.services.log.info({ requestId, status, codes: [code], address: peerAddress(socket) }, "request");
    return requestId;
  }

  /** It has been answered, or its stream has opened. */
  answer(visit: Visit): void {
    if (visit.isAnswered) return;
    visit.isAnswered = true;
    const { door, type = null, name = null, isExecuted } = visit;
    const code = visit.codes[0] ?? "OK";
    const seconds = (performance.now() - visit.startedAt) / 1000;
    this.services.metrics.operation({ door, type, name, code, seconds, isExecuted });
    visit.span.end(endOf(visit));
  }

  /** The last word on an operation of a socket. */
  end(visit: Visit): void {
    this.answer(visit);
    logRequest(this.services.log, visit);
  }

  /** Its stream has opened. */
  openStream(visit: Visit): void {
    this.answer(visit);
    this.services.metrics.streamOpened(visit.door);
    visit.messages = 0;
  }

  /** Its stream has told one message more, whose codes are the visit's from here on. */
  streamed(visit: Visit, result: ExecutionResult): void {
    visit.messages = (visit.messages ?? 0) + 1;
    visit.codes = codesOf(result);
  }

  closeStream(visit: Visit): void {
    this.services.metrics.streamClosed(visit.door);
    if (visit.door === "websocket") logRequest(this.services.log, visit);
  }

  /** A token that did not count, or none. */
  refuse(error: unknown): void {
    const reason = error instanceof UnauthenticatedError ? error.reason : "unavailable";
    this.services.metrics.refusal(reason);
  }

  private callerOf(request: IncomingMessage): Caller {
    return callerOf(request, this.services.addressOf);
  }

  private meet(caller: Caller, method: string, told?: unknown) {
    const { requestId, address, userAgent } = caller;
    const span = this.services.tracing.serve(method, traceHeadersOf(told) ?? caller.trace);
    const known = { requestId, method, span, address, userAgent };
    return { ...known, startedAt: performance.now(), isExecuted: false, isAnswered: false, codes: NO_CODES };
  }
}
