import type { IncomingMessage } from "node:http";
import { ERROR_CODES, type ErrorCode } from "../../domain/errors.js";

/** The body of a refused request is read and dropped up to this length. The connection of a longer one is closed. */
const MAX_DISCARDED_BYTES = 64 * 1024;

/** Why a request is refused before GraphQL sees it. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The body of the response: the same shape as an error of GraphQL. */
export function toRefusalBody({ code, message, details }: Refusal, requestId: string): string {
  const extensions = { ...details, code, retryable: ERROR_CODES[code].retryable, requestId };
  return JSON.stringify({ errors: [{ message, extensions }] });
}

/** A client past its rate keeps its connection, because a new one would cost the server more than the refusal. */
export function connectionAfterRefusal(request: IncomingMessage): { connection?: "close" } {
  const { "content-length": length, "transfer-encoding": isChunked } = request.headers;
  if (isChunked || Number(length ?? 0) > MAX_DISCARDED_BYTES) return { connection: "close" };
  request.resume();
  return {};
}
