import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import type { Logger } from "pino";
import { UnauthenticatedError } from "../domain/errors.js";
import type { Metrics } from "../telemetry/metrics.js";
import type { Tracing } from "../telemetry/tracing.js";
import { endOf } from "./operation-span.js";
import { requestIdOf } from "./request-id.js";
import { logRequest } from "./request-log.js";
import { traceHeadersOf } from "./trace-headers.js";
import { codesOf, type Visit } from "./visit.js";

interface VisitServices {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly addressOf: (request: IncomingMessage) => string;
}

interface OpenStream {
  message(result: ExecutionResult): void;
  end(): void;
}

const UPGRADE_CODES: Readonly<Record<number, string>> = { 404: "NOT_FOUND", 429: "RATE_LIMITED", 503: "UNAVAILABLE" };

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
    const visit = { ...this.meet(request, method), door: "http", path, askedBytes } as Visit;
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

  /** An operation of a socket; what of the trace comes with it goes before what came with the handshake. */
  beginOperation(request: IncomingMessage, askedBytes: number, ...told: readonly unknown[]): Visit {
    return { ...this.meet(request, "WS", told), door: "websocket", path: "graphql", askedBytes } as Visit;
  }

  /** A handshake that is refused, with its status line. */
  refuseUpgrade(request: IncomingMessage, statusLine: string): void {
    const status = Number.parseInt(statusLine, 10);
    const codes = [UPGRADE_CODES[status] ?? "FORBIDDEN"];
    const met = this.meet(request, request.method ?? "");
    const path = status === 404 ? "other" : "graphql";
    this.services.metrics.httpAnswer(status);
    this.end({ ...met, door: "websocket", path, status, codes, askedBytes: 0 } as Visit);
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

  /** Its stream has opened. The codes are those of its last message from here on. */
  openStream(visit: Visit): OpenStream {
    this.answer(visit);
    const close = this.services.metrics.streamOpened(visit.door);
    let messages = 0;
    visit.messages = 0;
    return {
      message: (result) => {
        visit.messages = ++messages;
        visit.codes = codesOf(result);
      },
      end: () => {
        close();
        if (visit.door === "websocket") logRequest(this.services.log, visit);
      },
    };
  }

  /** A token that did not count, or none. */
  refuse(error: unknown): void {
    const reason = error instanceof UnauthenticatedError ? error.reason : "unavailable";
    this.services.metrics.refusal(reason);
  }

  private meet(request: IncomingMessage, method: string, told: readonly unknown[] = []) {
    const { headers } = request;
    const requestId = requestIdOf(headers["x-request-id"]?.toString());
    const caller = [...told, headers].map(traceHeadersOf).find(({ traceparent }) => traceparent !== undefined) ?? {};
    const span = this.services.tracing.serve(method, caller);
    const address = this.services.addressOf(request);
    const known = { requestId, method, span, address, userAgent: headers["user-agent"] };
    return { ...known, startedAt: performance.now(), isExecuted: false, isAnswered: false, codes: [] };
  }
}
