import type { ServerResponse } from "node:http";

const STREAM = "text/event-stream";

/**
 * Closes the connection of a client that has not read its answer so long after it began: what is left of it is held until
 * then. Streams have no end to be waited for, and are written as they are read.
 */
export function limitResponseTime(response: ServerResponse, answerMs: number): void {
  const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => ServerResponse;
  const { socket } = response.req;
  response.writeHead = (...head: unknown[]) => {
    if (!contentTypeOf(response, head.at(-1)).startsWith(STREAM)) {
      const timer = setTimeout(() => socket.destroy(), answerMs).unref();
      response.once("close", () => clearTimeout(timer));
    }
    return writeHead(...head);
  };
}

/** Of the headers that were set before, or that come with the head. */
function contentTypeOf(response: ServerResponse, headers: unknown): string {
  const given = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "content-type");
  return String(given?.[1] ?? response.getHeader("content-type") ?? "");
}
