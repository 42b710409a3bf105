import type { IncomingMessage } from "node:http";
import type { WebSocket, WebSocketServer } from "ws";
import { LAST_WORDS_MS, MESSAGE_TOO_BIG } from "./close-codes.js";

/**
 * Closes sockets that send more than a token before they have said whose they are: of anybody, frames as long as others
 * may send are not held until they are whole.
 */
export function limitUnknownSockets(sockets: WebSocketServer, maxBytes: number) {
  const trust = new WeakMap<WebSocket, () => void>();
  sockets.on("connection", (socket: WebSocket, { socket: stream }: IncomingMessage) => {
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      stream.off("data", count);
      socket.close(MESSAGE_TOO_BIG, `More than ${maxBytes} bytes before connection_init`);
      socket.pause();
      setTimeout(() => socket.terminate(), LAST_WORDS_MS).unref();
    };
    stream.on("data", count);
    trust.set(socket, () => stream.off("data", count));
  });
  return {
    /** It has said whose it is. */
    greeted: (socket: WebSocket) => trust.get(socket)?.(),
  };
}
