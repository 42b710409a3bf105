import type { SocketClient } from "./socket-client.js";

/**
 * Stops reading from a socket until its client has read what was sent to it: the answers to a client that sends pings and
 * reads nothing would otherwise pile up in memory. A client that never reads is ended by the heartbeat.
 */
export function pauseWhileUnread({ socket, stream }: Pick<SocketClient, "socket" | "stream">, maxBytes: number): void {
  if (socket.isPaused || socket.bufferedAmount <= maxBytes) return;
  socket.pause();
  stream.once("drain", () => socket.resume());
}
