import type { IncomingMessage } from "node:http";
import { handleProtocols, makeServer, type ServerOptions } from "graphql-ws";
import type { Logger } from "pino";
import type { WebSocket, WebSocketServer } from "ws";
import type { MemoryBudget } from "../limits/memory-budget.js";
import { pauseWhileUnread } from "./backpressure.js";
import { InboundBudget } from "./inbound-budget.js";
import type { SocketClient } from "./socket-client.js";

export type Params = Record<string, unknown> | undefined;

interface ProtocolServices {
  /** What is written and not read, in bytes, past which nothing more is taken. */
  readonly unreadBytes: number;
  readonly log: Logger;
  readonly memory: MemoryBudget;
  /** What a socket may send before it has said whose it is. */
  readonly greetingBytes: number;
  opened(socket: WebSocket, request: IncomingMessage): SocketClient;
  closed(client: SocketClient, code: number): void;
}

/**
 * Speaks graphql-transport-ws with each socket. As `graphql-ws/use/ws` does, but with operations of one id one after the
 * other, with what fails in the log, where that writes to the console, and without holding the handshake's request.
 */
export function serveProtocol(
  sockets: WebSocketServer,
  options: ServerOptions<Params, SocketClient>,
  { unreadBytes, log, opened, closed, ...limits }: ProtocolServices,
): void {
  sockets.options.handleProtocols = handleProtocols;
  const protocol = makeServer(options);
  // frames that are none: ws has closed the socket, and its close is logged with the code
  const failed = (error: Error) => log.debug({ err: error }, "A socket failed");

  function follow(client: SocketClient): void {
    const { socket, stream } = client;
    const incoming = new InboundBudget(client, limits);
    const end = protocol.opened(client, client);
    stream.prependListener("data", (chunk: Buffer) => incoming.receive(chunk.length));
    socket.on("error", failed);
    socket.on("message", (data: Buffer) => {
      incoming.handle(data.length, () => client.operations.handle(String(data)));
      pauseWhileUnread(client, unreadBytes);
    });
    socket.on("ping", ({ length }) => incoming.discountControlFrame(length));
    socket.on("pong", ({ length }) => {
      incoming.discountControlFrame(length);
      client.isPongDue = false;
    });
    socket.on("close", (code, reason) => {
      incoming.release();
      closed(client, code);
      end(code, String(reason)).catch((error: unknown) => client.fail(error));
    });
  }

  sockets.on("connection", (socket: WebSocket, request: IncomingMessage) => follow(opened(socket, request)));
}
