import type { Logger } from "pino";
import type { Metrics } from "../../telemetry/metrics.js";
import { toLoggedViewer, toPrintable } from "../requests/request-log.js";
import type { SocketClient } from "./socket-client.js";

interface SocketServices {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Logs a socket when its token is verified and when it closes, and counts the open ones. */
export function createSocketLog({ log, metrics }: SocketServices) {
  return {
    opened: () => metrics.socketOpened(),
    authenticated({ viewer, info }: SocketClient): void {
      log.info({ requestId: info.requestId, viewer: viewer && toLoggedViewer(viewer) }, "socket opened");
    },
    closed({ viewer, info, openedAt }: SocketClient, code: number): void {
      metrics.socketClosed(code);
      const line = {
        requestId: info.requestId,
        code,
        ms: Math.round(performance.now() - openedAt),
        viewer: viewer ? toLoggedViewer(viewer) : undefined,
        address: info.address,
        userAgent: toPrintable(info.userAgent),
      };
      log.info(line, "socket closed");
    },
  };
}
