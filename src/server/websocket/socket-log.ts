import type { Logger } from "pino";
import type { Metrics } from "../../telemetry/metrics.js";
import { toLogged, toPlainText } from "../requests/request-log.js";
import type { SocketClient } from "./socket-client.js";

interface SocketServices {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** One line when a socket has said whose it is, and one when it is closed. Counts those that are open. */
export function tellOfSockets({ log, metrics }: SocketServices) {
  return {
    opened: () => metrics.socketOpened(),
    greeted({ viewer, caller }: SocketClient): void {
      log.info({ requestId: caller.requestId, viewer: viewer && toLogged(viewer) }, "socket opened");
    },
    closed({ viewer, caller, openedAt }: SocketClient, code: number): void {
      metrics.socketClosed(code);
      const { requestId, address } = caller;
      const [ms, userAgent] = [Math.round(performance.now() - openedAt), toPlainText(caller.userAgent)];
      const who = viewer ? toLogged(viewer) : undefined;
      log.info({ requestId, code, ms, viewer: who, address, userAgent }, "socket closed");
    },
  };
}
