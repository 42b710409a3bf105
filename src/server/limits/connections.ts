import type { Server, Socket } from "node:net";
import { Counter } from "./counter.js";

interface ConnectionLimits {
  readonly max: number;
  readonly maxPerNetwork: number;
  /** Who the peer counts as; null for one that speaks for many. */
  readonly networkOf: (socket: Socket) => string | null;
  readonly log: { warn(message: string): void };
}

const WARN_MS = 60_000;

/** Closes what comes past the number of connections, of all and of one network, and says so once in a minute. */
export function limitConnections(server: Server, { max, maxPerNetwork, networkOf, log }: ConnectionLimits): void {
  const open = new Counter(maxPerNetwork);
  let warnedAt = Number.NEGATIVE_INFINITY;
  function warn(message: string): void {
    if (performance.now() - warnedAt < WARN_MS) return;
    warnedAt = performance.now();
    log.warn(message);
  }
  server.maxConnections = max;
  server.on("drop", () => warn(`Connections are refused: ${max} are open (SHELFMARK_LIMIT_CONNECTIONS).`));
  server.on("connection", (socket: Socket) => {
    const network = networkOf(socket);
    if (network === null) return;
    if (open.tryAcquire(network)) return void socket.on("close", () => open.release(network));
    warn(
      `Connections from ${network} are refused: ${maxPerNetwork} are open (SHELFMARK_LIMIT_ADDRESS_CONNECTIONS; if it is a proxy, SHELFMARK_TRUSTED_PROXIES).`,
    );
    socket.destroy();
  });
}
