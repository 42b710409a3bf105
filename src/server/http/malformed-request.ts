import type { Server } from "node:http";
import type { Socket } from "node:net";
import { ERROR_CODES, type ErrorCode } from "../../domain/errors.js";
import type { RateLimits } from "../limits/rate-limits.js";
import { peerAddress } from "../requests/client-address.js";
import type { RequestTracker } from "../requests/request-tracker.js";

interface Refusal {
  readonly status: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** By the code of node:http's error; the statuses are those that it would answer with. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    ...{ status: "431 Request Header Fields Too Large", code: "INVALID_DOCUMENT" },
    message: "The head of a request may have 16 KiB at most, its token with it.",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    ...{ status: "413 Content Too Large", code: "INVALID_DOCUMENT" },
    message: "The extensions of a chunk are too long.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    ...{ status: "408 Request Timeout", code: "TIMEOUT" },
    message: "The request did not come within its time.",
  },
};
const UNREADABLE: Refusal = { status: "400 Bad Request", code: "INVALID_DOCUMENT", message: "This is no request." };

interface RefusalServices {
  /** Whether an answer over the connection has begun. */
  isAnswering(socket: Socket): boolean;
  readonly tracker: RequestTracker;
  readonly rates: RateLimits;
}

/**
 * Refuses what cannot be read as a request as all else is refused, with an id and a line in the log: node does neither. It
 * counts as a request of its address; past the rate of that the connection is closed without a word.
 */
export function refuseMalformedRequests(server: Server, { isAnswering, tracker, rates }: RefusalServices): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable || isAnswering(socket)) return void socket.destroy(error);
    rates.countRequest(peerAddress(socket)).then(
      () => refuse(socket, error),
      () => socket.destroy(),
    );
  });

  function refuse(socket: Socket, error: NodeJS.ErrnoException): void {
    const { status, code, message } = REFUSALS[error.code ?? ""] ?? UNREADABLE;
    const requestId = tracker.recordMalformedRequest(socket, Number.parseInt(status, 10), code);
    const { retryable } = ERROR_CODES[code];
    const body = JSON.stringify({ errors: [{ message, extensions: { code, retryable, requestId } }] });
    const head = [
      ...[`HTTP/1.1 ${status}`, "connection: close", "content-type: application/json; charset=utf-8"],
      ...[`content-length: ${Buffer.byteLength(body)}`, `x-request-id: ${requestId}`],
    ];
    socket.once("finish", () => socket.destroy());
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  }
}
