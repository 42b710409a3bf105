import type { IncomingMessage } from "node:http";
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from "graphql-ws";
import type { Logger } from "pino";
import type { WebSocket, WebSocketServer } from "ws";
import { toReason } from "./close-codes.js";
import { oneAfterTheOther } from "./operation-ids.js";

/** What is known of each socket beside its operations. */
export interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** How long the message is that is being read. */
  heardBytes: number;
}

interface ProtocolServices {
  readonly pingMs: number;
  readonly log: Logger;
  /** Counts a message of a socket. Returns what to call once it is done with; null if it is not taken. */
  hold(socket: WebSocket, bytes: number): (() => void) | null;
}

/**
 * Speaks graphql-transport-ws with each socket. As `graphql-ws/use/ws` does, but with operations of one id one after the
 * other, and with what fails in the log, where that writes to the console.
 */
export function speakProtocol<Params extends Record<string, unknown> | undefined, Owned>(
  sockets: WebSocketServer,
  options: ServerOptions<Params, Extra & Partial<Owned>>,
  { pingMs, log, hold }: ProtocolServices,
): void {
  sockets.options.handleProtocols = handleProtocols;
  const protocol = makeServer(options);
  sockets.on("connection", (socket: WebSocket, request: IncomingMessage) => {
    // frames that are none: ws has closed the socket, and its close is logged with the code
    socket.on("error", (error) => log.debug({ err: error }, "A socket failed"));
    const fail = (error: unknown) => {
      log.error({ err: error }, "A message of a socket failed outside of GraphQL");
      socket.close(CloseCode.InternalServerError, "Internal server error");
    };
    const refuse = (id: string) =>
      socket.close(CloseCode.SubscriberAlreadyExists, toReason(`Subscriber for ${id} already exists`));
    const extra = { socket, request, heardBytes: 0 } as Extra & Partial<Owned>;
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage(handle) {
          const take = oneAfterTheOther(async (text) => {
            if (socket.readyState !== socket.OPEN) return;
            extra.heardBytes = Buffer.byteLength(text);
            await handle(text);
          }, refuse);
          socket.on("message", (data: Buffer) => {
            const done = hold(socket, data.length);
            if (done) take(String(data)).catch(fail).finally(done);
          });
        },
      },
      extra,
    );
    const stopPings = pingEvery(pingMs, socket);
    socket.once("close", (code, reason) => {
      stopPings();
      closed(code, String(reason)).catch(fail);
    });
  });
}

/** What cannot be sent any more is of no use to anybody: the socket is closed, and its operations end with it. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.OPEN) socket.send(text, () => resolve());
    else resolve();
  });
}

/** Ends a socket whose client has not answered by the next ping: it is gone without having said so. */
function pingEvery(pingMs: number, socket: WebSocket): () => void {
  let isThere = true;
  socket.on("pong", () => {
    isThere = true;
  });
  const timer = setInterval(() => {
    if (!isThere) return socket.terminate();
    isThere = false;
    socket.ping();
  }, pingMs);
  return () => clearInterval(timer);
}
