import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { RateLimits } from "../limits/rate-limits.js";
import { peerAddress } from "../requests/client-address.js";
import type { RequestTracker } from "../requests/request-tracker.js";
import { type Refusal, toRefusalBody } from "./refusal.js";

interface MalformedRequest extends Refusal {
  readonly statusLine: string;
}

/** By the code of node:http's error, with the status that Node itself would answer with. */
const REFUSALS: Readonly<Record<string, MalformedRequest>> = {
  HPE_HEADER_OVERFLOW: {
    statusLine: "431 Request Header Fields Too Large",
    code: "INVALID_DOCUMENT",
    message: "The head of a request may have 16 KiB at most, including its token.",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    statusLine: "413 Content Too Large",
    code: "INVALID_DOCUMENT",
    message: "The extensions of a chunk are too long.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    statusLine: "408 Request Timeout",
    code: "TIMEOUT",
    message: "The request did not arrive in time.",
  },
};
const NO_REQUEST: MalformedRequest = {
  statusLine: "400 Bad Request",
  code: "INVALID_DOCUMENT",
  message: "This is not an HTTP request.",
};

interface RefusalServices {
  /** Whether a response on the connection has begun. */
  isAnswering(socket: Socket): boolean;
  readonly tracker: RequestTracker;
  readonly rates: RateLimits;
}

/**
 * Answers what is not an HTTP request like every other refusal, with a code and a request id, and logs it: Node does
 * neither. It counts as a request of its address; past that rate the connection is closed without an answer.
 */
export function refuseMalformedRequests(server: Server, { isAnswering, tracker, rates }: RefusalServices): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable || isAnswering(socket)) return void socket.destroy(error);
    try {
      rates.countRequest(peerAddress(socket));
    } catch {
      return void socket.destroy();
    }
    refuse(socket, error);
  });

  function refuse(socket: Socket, error: NodeJS.ErrnoException): void {
    const refusal = REFUSALS[error.code ?? ""] ?? NO_REQUEST;
    const requestId = tracker.recordMalformedRequest(socket, Number.parseInt(refusal.statusLine, 10), refusal.code);
    const body = toRefusalBody(refusal, requestId);
    const head = [
      `HTTP/1.1 ${refusal.statusLine}`,
      "connection: close",
      "content-type: application/json; charset=utf-8",
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
    ];
    socket.once("finish", () => socket.destroy());
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  }
}
