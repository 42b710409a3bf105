import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { handleProtocols, makeServer, type ServerOptions } from "graphql-ws";
import type { Logger } from "pino";
import type { WebSocket, WebSocketServer } from "ws";
import type { MemoryBudget } from "../limits/memory-budget.js";
import { pauseWhileUnread } from "./backpressure.js";
import { INVALID_PAYLOAD } from "./close-codes.js";
import { InboundBudget } from "./inbound-budget.js";
import type { SocketClient } from "./socket-client.js";

export type Params = Record<string, unknown> | undefined;

interface ProtocolServices {
  /** How many sent and unread bytes pause the reading from a socket. */
  readonly unreadBytes: number;
  readonly log: Logger;
  readonly memory: MemoryBudget;
  /** How many bytes a socket may send before its token is verified. */
  readonly greetingBytes: number;
  opened(socket: WebSocket, request: IncomingMessage): SocketClient;
  closed(client: SocketClient, code: number): void;
}

/**
 * Speaks graphql-transport-ws with each socket. Differs from `graphql-ws/use/ws` in three ways: operations under the same id
 * run one after the other, errors go to the log instead of the console, and the handshake's request is not kept in memory.
 */
export function serveProtocol(
  sockets: WebSocketServer,
  options: ServerOptions<Params, SocketClient>,
  { unreadBytes, log, opened, closed, ...limits }: ProtocolServices,
): void {
  sockets.options.handleProtocols = handleProtocols;
  const protocol = makeServer(options);
  // invalid frames: ws closes the socket itself, and the close is logged with its code
  const failed = (error: Error) => log.debug({ err: error }, "A socket failed");

  function follow(client: SocketClient): void {
    const { socket, stream } = client;
    const inbound = new InboundBudget(client, limits);
    const end = protocol.opened(client, client);
    stream.prependListener("data", (chunk: Buffer) => inbound.receive(chunk.length));
    socket.on("error", failed);
    socket.on("message", (data: Buffer) => {
      // ws has checked text messages only; in a binary one, what is not UTF-8 would be stored changed
      if (!isUtf8(data)) return socket.close(INVALID_PAYLOAD, "A message must be UTF-8");
      inbound.handle(data.length, () => client.operations.handle(String(data)));
      pauseWhileUnread(client, unreadBytes);
    });
    socket.on("ping", ({ length }) => inbound.discountControlFrame(length));
    socket.on("pong", ({ length }) => {
      inbound.discountControlFrame(length);
      client.isPongDue = false;
    });
    socket.on("close", (code, reason) => {
      inbound.release();
      closed(client, code);
      end(code, String(reason)).catch((error: unknown) => client.fail(error));
    });
  }

  sockets.on("connection", (socket: WebSocket, request: IncomingMessage) => follow(opened(socket, request)));
}
