import type { ServerResponse } from "node:http";
import { isPacedByProgress } from "./paced-responses.js";
import { onResponseStart } from "./response-start.js";

const STREAM = "text/event-stream";

/**
 * Closes the connection of a client that has not read its answer this long after it began, because the unread rest stays in
 * memory until then. Streams are exempt: they have no end, and are written only as fast as they are read. So are files.
 */
export function limitResponseTime(response: ServerResponse, answerMs: number): void {
  const { socket } = response.req;
  onResponseStart(response, (contentType) => {
    if (contentType.startsWith(STREAM) || isPacedByProgress(response)) return;
    const timer = setTimeout(() => socket.destroy(), answerMs).unref();
    response.once("close", () => clearTimeout(timer));
  });
}
