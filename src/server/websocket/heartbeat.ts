import type { Limits } from "../../config/load-config.js";
import { NORMAL_CLOSURE } from "./close-codes.js";
import type { SocketClient } from "./socket-client.js";

/** How often each socket is checked within the shorter of the two intervals. */
const CHECKS_PER_INTERVAL = 8;

/**
 * Pings sockets, and terminates those that have not answered by the next ping: their clients vanished without closing.
 * Also closes those that have had no operation for long. One timer serves all sockets. Returns what stops it.
 */
export function startHeartbeat(
  clients: ReadonlySet<SocketClient>,
  { pingMs, idleSocketMs }: Pick<Limits, "pingMs" | "idleSocketMs">,
): () => void {
  function check(client: SocketClient, now: number): void {
    if (!client.operations.isIdle) client.idleSince = now;
    else if (client.viewer && now - client.idleSince >= idleSocketMs) client.close(NORMAL_CLOSURE, "Idle");
    if (now - client.pingedAt >= pingMs) ping(client, now);
  }

  function ping(client: SocketClient, now: number): void {
    if (client.isPongDue) client.socket.terminate();
    else client.socket.ping();
    client.isPongDue = true;
    client.pingedAt = now;
  }

  const timer = setInterval(
    () => {
      const now = performance.now();
      for (const client of clients) check(client, now);
    },
    Math.ceil(Math.min(pingMs, idleSocketMs) / CHECKS_PER_INTERVAL),
  ).unref();
  return () => clearInterval(timer);
}
