import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** How much of a refused body is read and dropped, and for how long, so that the client reads why. */
const LINGER_BYTES = 64 * 1024 * 1024;
const LINGER_MS = 2_000;

/**
 * Sends a body as fast as the client reads it. Closes the connection if nothing could be sent for a while, or if the body
 * cannot be read to its end: the client then has fewer bytes than it was told.
 */
export async function sendBody(response: ServerResponse, body: Readable, idleMs: number): Promise<void> {
  // those of the pipeline come on top of what follows every response
  response.setMaxListeners(20);
  const timer = setTimeout(() => response.destroy(), idleMs).unref();
  body.on("data", () => timer.refresh());
  try {
    await pipeline(body, response);
  } catch (error) {
    // the client left, or was too slow
    if (!body.errored || body.errored === response.errored || response.destroyed) return;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Ends a response to a request whose body still arrives, and which will not be read. The connection must stay open until the
 * client has read the answer: to close it on unread bytes would reset it, and the client would see that only.
 */
export function endWhileReceiving(request: IncomingMessage, response: ServerResponse, body: string): void {
  response.write(body);
  let dropped = 0;
  const end = () => {
    clearTimeout(timer);
    request.off("data", drop).off("end", end).off("close", end);
    response.end();
  };
  const drop = (part: Buffer) => {
    dropped += part.length;
    if (dropped > LINGER_BYTES) end();
  };
  const timer = setTimeout(end, LINGER_MS).unref();
  request.on("data", drop).once("end", end).once("close", end);
}
