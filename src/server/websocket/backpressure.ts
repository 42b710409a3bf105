import type { SocketClient } from "./socket-client.js";

/**
 * Reads on from a socket only once its client has read what waits for it: whoever sends pings and reads no answer would
 * else have them all kept. What of that lasts, the server's own pings end.
 */
export function pauseWhileUnread({ socket, stream }: Pick<SocketClient, "socket" | "stream">, maxBytes: number): void {
  if (socket.isPaused || socket.bufferedAmount <= maxBytes) return;
  socket.pause();
  stream.once("drain", () => socket.resume());
}
