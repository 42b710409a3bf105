import type { Limits } from "../../config/load-config.js";
import { NORMAL_CLOSURE } from "./close-codes.js";
import type { SocketClient } from "./socket-client.js";

/** How often each is looked at in the shortest of the times that are kept. */
const LOOKS = 8;

/**
 * Pings sockets, and ends those whose clients have not answered by the next time, since they are gone without having
 * said so, and those that hold no operation for long, since they are of no use to anybody. One timer for all of them.
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
    Math.ceil(Math.min(pingMs, idleSocketMs) / LOOKS),
  ).unref();
  return () => clearInterval(timer);
}
