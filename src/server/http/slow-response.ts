import type { ServerResponse } from "node:http";
import { isPacedByProgress } from "./paced-responses.js";
import { onResponseStart } from "./response-start.js";

const STREAM = "text/event-stream";

/**
 * Closes the connection of a client that has not read its answer this long after it began, because the unread rest stays in
 * memory until then. Streams are exempt: they have no end, and are written only as fast as they are read. So are files.
 */
export function limitResponseTime(response: ServerResponse, answerMs: number): void {
  onResponseStart(response, (contentType) => {
    if (contentType.startsWith(STREAM) || isPacedByProgress(response)) return;
    closeAfter(response, answerMs);
  });
}

/**
 * Does so for an answer that was written whole just now. Nothing of it stays in memory if the system has taken all of it.
 */
export function limitWrittenResponse(response: ServerResponse, answerMs: number): void {
  // of pipelined requests, the response has no socket until it is its turn
  if (response.socket?.writableLength === 0) return;
  closeAfter(response, answerMs);
}

/** Closes the connection if the response has not been read by then. */
export function closeAfter(response: ServerResponse, ms: number): void {
  const { socket } = response.req;
  const timer = setTimeout(() => socket.destroy(), ms).unref();
  response.once("close", () => clearTimeout(timer));
}
