import type { Logger } from "pino";
import type { Metrics } from "../telemetry/metrics.js";
import { toLogged, toPlainText } from "./request-log.js";
import type { SocketClient } from "./socket-client.js";

interface SocketServices {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** One line when a socket has said whose it is, and one when it is closed. Counts those that are open. */
export function tellOfSockets({ log, metrics }: SocketServices) {
  return {
    opened: () => metrics.socketOpened(),
    greeted({ viewer }: SocketClient): void {
      log.info({ viewer: viewer && toLogged(viewer) }, "socket opened");
    },
    closed({ viewer, caller, openedAt }: SocketClient, code: number): void {
      metrics.socketClosed(code);
      const [ms, userAgent] = [Math.round(performance.now() - openedAt), toPlainText(caller.userAgent)];
      log.info(
        { code, ms, viewer: viewer ? toLogged(viewer) : undefined, address: caller.address, userAgent },
        "socket closed",
      );
    },
  };
}
