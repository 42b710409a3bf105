import type { WebSocket } from "ws";
import { LAST_WORDS_MS, MESSAGE_TOO_BIG } from "./close-codes.js";
import type { SocketClient } from "./socket-client.js";

/**
 * Closes sockets that send more than a token before they have said whose they are: of anybody, frames as long as others
 * may send are not held until they are whole.
 */
export function limitUnknownSockets(maxBytes: number) {
  const limited = new WeakMap<WebSocket, (chunk: Buffer) => void>();
  return {
    limit({ socket, stream }: SocketClient): void {
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
      limited.set(socket, count);
    },
    /** It has said whose it is. */
    trust({ socket, stream }: SocketClient): void {
      const count = limited.get(socket);
      if (count) stream.off("data", count);
      limited.delete(socket);
    },
  };
}
