import type { Logger } from "pino";
import type { Metrics } from "../../telemetry/metrics.js";
import { toLoggedViewer, toPrintable } from "../requests/request-log.js";
import type { SocketClient } from "./socket-client.js";

interface SocketServices {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** One line when a socket has said whose it is, and one when it is closed. Counts those that are open. */
export function createSocketLog({ log, metrics }: SocketServices) {
  return {
    opened: () => metrics.socketOpened(),
    authenticated({ viewer, info }: SocketClient): void {
      log.info({ requestId: info.requestId, viewer: viewer && toLoggedViewer(viewer) }, "socket opened");
    },
    closed({ viewer, info, openedAt }: SocketClient, code: number): void {
      metrics.socketClosed(code);
      const { requestId, address } = info;
      const [ms, userAgent] = [Math.round(performance.now() - openedAt), toPrintable(info.userAgent)];
      const who = viewer ? toLoggedViewer(viewer) : undefined;
      log.info({ requestId, code, ms, viewer: who, address, userAgent }, "socket closed");
    },
  };
}
