import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import type { WebSocket, WebSocketServer } from "ws";
import type { Viewer } from "../domain/actor.js";
import type { Metrics } from "../telemetry/metrics.js";
import { toLogged, toPlainText } from "./request-log.js";

/** One line when a socket has said whose it is, and one when it is closed. Counts those that are open. */
export function followSockets(sockets: WebSocketServer, { log, metrics }: { log: Logger; metrics: Metrics }) {
  const viewers = new WeakMap<WebSocket, Viewer>();
  sockets.on("connection", (socket: WebSocket, { headers, socket: { remoteAddress: address } }: IncomingMessage) => {
    const startedAt = performance.now();
    const closed = metrics.socketOpened();
    socket.once("close", (code: number) => {
      closed(code);
      const viewer = viewers.get(socket);
      const ms = Math.round(performance.now() - startedAt);
      const userAgent = toPlainText(headers["user-agent"]);
      log.info({ code, ms, viewer: viewer && toLogged(viewer), address, userAgent }, "socket closed");
    });
  });
  return {
    /** Whose the socket is. */
    greeted(socket: WebSocket, viewer: Viewer): void {
      viewers.set(socket, viewer);
      log.info({ viewer: toLogged(viewer) }, "socket opened");
    },
  };
}
