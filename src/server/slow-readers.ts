import type { IncomingMessage } from "node:http";
import type { WebSocket, WebSocketServer } from "ws";

/**
 * Reads on from a socket only once its client has read what waits for it: whoever sends pings and reads no answer would
 * else have them all kept. What of that lasts, the server's own pings end.
 */
export function waitForSlowReaders(sockets: WebSocketServer, maxBytes: number): void {
  sockets.on("connection", (socket: WebSocket, request: IncomingMessage) => {
    socket.on("message", () => {
      if (socket.isPaused || socket.bufferedAmount <= maxBytes) return;
      socket.pause();
      request.socket.once("drain", () => socket.resume());
    });
  });
}
