import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import type { WebSocket, WebSocketServer } from "ws";
import type { Viewer } from "../domain/actor.js";
import type { Metrics } from "../telemetry/metrics.js";
import { requestIdOf } from "./request-id.js";
import { toLogged, toPlainText } from "./request-log.js";

interface SocketServices {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly addressOf: (request: IncomingMessage) => string;
}

/** One line when a socket has said whose it is, and one when it is closed. Counts those that are open. */
export function followSockets(sockets: WebSocketServer, { log, metrics, addressOf }: SocketServices) {
  const viewers = new WeakMap<WebSocket, Viewer>();
  const requestIds = new WeakMap<WebSocket, string>();
  sockets.on("connection", (socket: WebSocket, request: IncomingMessage) => {
    const [address, userAgent] = [addressOf(request), toPlainText(request.headers["user-agent"])];
    const requestId = requestIdOf(request);
    requestIds.set(socket, requestId);
    const startedAt = performance.now();
    const closed = metrics.socketOpened();
    socket.once("close", (code: number) => {
      closed(code);
      const viewer = viewers.get(socket);
      const ms = Math.round(performance.now() - startedAt);
      log.info({ requestId, code, ms, viewer: viewer && toLogged(viewer), address, userAgent }, "socket closed");
    });
  });
  return {
    /** Whose the socket is. */
    greeted(socket: WebSocket, viewer: Viewer): void {
      viewers.set(socket, viewer);
      log.info({ requestId: requestIds.get(socket), viewer: toLogged(viewer) }, "socket opened");
    },
  };
}
