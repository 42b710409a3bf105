import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ExecutionResult } from "graphql";
import type { Logger } from "pino";
import { type ErrorCode, UnauthenticatedError } from "../../domain/errors.js";
import type { Metrics } from "../../telemetry/metrics.js";
import type { Tracing } from "../../telemetry/tracing.js";
import { peerAddress } from "./client-address.js";
import { type ClientInfo, clientInfoOf } from "./client-info.js";
import { spanEndOf } from "./operation-span.js";
import { newRequestId } from "./request-id.js";
import { logRequest, withoutRedaction } from "./request-log.js";
import { codesOf, NO_CODES, type PathKind, type RequestRecord } from "./request-record.js";
import { traceHeadersOf } from "./trace-headers.js";

interface TrackerServices {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly addressOf: (request: IncomingMessage) => string;
}

/** What is known of a request when it arrives, besides its client. */
type Arrived = Pick<RequestRecord, "method" | "transport" | "path" | "requestBytes">;

const UPGRADE_CODES: Readonly<Record<number, ErrorCode>> = {
  400: "INVALID_DOCUMENT",
  404: "NOT_FOUND",
  429: "RATE_LIMITED",
  503: "UNAVAILABLE",
};

const MALFORMED = { transport: "http", type: null, name: null, seconds: 0, isExecuted: false } as const;

/** Follows each request over HTTP and WebSocket, and reports it to the log, the metrics and the trace. */
export class RequestTracker {
  private readonly services: TrackerServices;
  private readonly lines: Logger;

  constructor(services: TrackerServices) {
    this.services = services;
    this.lines = withoutRedaction(services.log);
  }

  /** Follows a request over HTTP until its response is written or its stream has ended. */
  beginRequest(request: IncomingMessage, response: ServerResponse, path: PathKind): RequestRecord {
    const record = this.newRecord(this.clientInfoOf(request), {
      method: request.method ?? "",
      transport: "http",
      path,
      requestBytes: Number(request.headers["content-length"] ?? 0),
    });
    const { socket } = request;
    const before = socket.bytesWritten;
    response.once("close", () => {
      record.status = response.statusCode;
      record.responseBytes = socket.bytesWritten - before;
      if (!response.writableFinished) record.left = true;
      this.services.metrics.countResponse(response.statusCode);
      this.recordAnswer(record);
      logRequest(this.lines, record);
    });
    return record;
  }

  /** Follows an operation of a socket, with its own request id. Its own trace headers override those of the handshake. */
  beginOperation(info: ClientInfo, requestBytes: number, extensions: unknown): RequestRecord {
    return this.newRecord(
      { ...info, requestId: newRequestId() },
      { method: "WS", transport: "websocket", path: "graphql", requestBytes },
      extensions,
    );
  }

  /** Reports a handshake that was refused with this status line. */
  recordRefusedUpgrade(request: IncomingMessage, statusLine: string): void {
    const status = Number.parseInt(statusLine, 10);
    const record = this.newRecord(this.clientInfoOf(request), {
      method: request.method ?? "",
      transport: "websocket",
      path: status === 404 ? "other" : "graphql",
      requestBytes: 0,
    });
    record.status = status;
    record.codes = [UPGRADE_CODES[status] ?? "FORBIDDEN"];
    this.services.metrics.countResponse(status);
    this.endOperation(record);
  }

  /** Reports bytes that are not an HTTP request. Returns the request id for the response. */
  recordMalformedRequest(socket: Socket, status: number, code: ErrorCode): string {
    const requestId = newRequestId();
    this.services.metrics.countResponse(status);
    this.services.metrics.recordOperation({ ...MALFORMED, code });
    this.services.log.info({ requestId, status, codes: [code], address: peerAddress(socket) }, "request");
    return requestId;
  }

  /** Counts the operation and ends its span: it was answered, or its stream has opened. Later calls do nothing. */
  recordAnswer(record: RequestRecord): void {
    if (record.isAnswered) return;
    record.isAnswered = true;
    const { transport, operationType, operationName, isExecuted } = record;
    this.services.metrics.recordOperation({
      transport,
      type: operationType ?? null,
      name: operationName ?? null,
      code: record.codes[0] ?? "OK",
      seconds: (performance.now() - record.startedAt) / 1000,
      isExecuted,
    });
    if (record.span.isRecorded) record.span.end(spanEndOf(record));
  }

  /** Reports an operation of a socket that is over. */
  endOperation(record: RequestRecord): void {
    this.recordAnswer(record);
    logRequest(this.lines, record);
  }

  openStream(record: RequestRecord): void {
    this.recordAnswer(record);
    this.services.metrics.streamOpened(record.transport);
    record.messages = 0;
  }

  /** Counts one more message of a stream. The codes of the last message are those of the record. */
  recordMessage(record: RequestRecord, result: ExecutionResult): void {
    record.messages = (record.messages ?? 0) + 1;
    record.codes = codesOf(result);
  }

  closeStream(record: RequestRecord): void {
    this.services.metrics.streamClosed(record.transport);
    if (record.transport === "websocket") logRequest(this.lines, record);
  }

  /** Counts a request or socket whose token is missing or refused. */
  recordRefusedToken(error: unknown): void {
    const reason = error instanceof UnauthenticatedError ? error.reason : "unavailable";
    this.services.metrics.countRefusedToken(reason);
  }

  private clientInfoOf(request: IncomingMessage): ClientInfo {
    return clientInfoOf(request, this.services.addressOf);
  }

  private newRecord({ requestId, address, userAgent, trace }: ClientInfo, arrived: Arrived, carrier?: unknown) {
    const record: RequestRecord = {
      ...arrived,
      requestId,
      address,
      userAgent,
      span: this.services.tracing.startServerSpan(arrived.method, traceHeadersOf(carrier) ?? trace),
      startedAt: performance.now(),
      isExecuted: false,
      isAnswered: false,
      codes: NO_CODES,
    };
    return record;
  }
}
