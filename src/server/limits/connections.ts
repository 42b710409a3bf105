import type { Server, Socket } from "node:net";
import { throttle } from "../../util/throttle.js";
import { Counter } from "./counter.js";

interface ConnectionLimits {
  readonly max: number;
  readonly maxPerNetwork: number;
  /** The network that a peer counts for; null for a trusted proxy, which carries the requests of many clients. */
  readonly networkOf: (socket: Socket) => string | null;
  readonly log: { warn(message: string): void };
}

const WARNING_INTERVAL_MS = 60_000;

/** Closes connections past the maximum of all, or past that of one network. Warns at most once a minute. */
export function limitConnections(server: Server, { max, maxPerNetwork, networkOf, log }: ConnectionLimits): void {
  const open = new Counter(maxPerNetwork);
  const warn = throttle(WARNING_INTERVAL_MS, (message: string) => log.warn(message));
  server.maxConnections = max;
  server.on("drop", () => warn(`Connections are refused: ${max} are open (SHELFMARK_LIMIT_CONNECTIONS).`));
  server.on("connection", (socket: Socket) => {
    const network = networkOf(socket);
    if (network === null) return;
    if (open.tryAcquire(network)) return void socket.on("close", () => open.release(network));
    warn(
      `Connections from ${network} are refused: ${maxPerNetwork} are open (SHELFMARK_LIMIT_ADDRESS_CONNECTIONS). If this is a proxy, name it in SHELFMARK_TRUSTED_PROXIES.`,
    );
    socket.destroy();
  });
}
