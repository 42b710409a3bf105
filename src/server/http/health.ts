import type { ServerResponse } from "node:http";
import { singleFlight } from "../../util/single-flight.js";
import { requestIdOf } from "../requests/request-id.js";

interface Readiness {
  isStopping(): boolean;
  ping(): Promise<void>;
}

/**
 * Serves `/healthz` (the process is alive) and `/readyz` (it can serve requests). Resolves to whether the path was one of
 * the two.
 */
export function createHealthEndpoints({ isStopping, ping }: Readiness) {
  // probes are not rate limited, so concurrent ones share one statement
  const pingOnce = singleFlight(ping);
  return async (path: string, response: ServerResponse): Promise<boolean> => {
    if (path === "/healthz") return respond(response, 200, { status: "ok" });
    if (path !== "/readyz") return false;
    if (isStopping()) return respond(response, 503, { status: "unavailable", reason: "The server is stopping." });
    try {
      await pingOnce();
    } catch {
      return respond(response, 503, { status: "unavailable", reason: "The database does not answer." });
    }
    return respond(response, 200, { status: "ok" });
  };
}

function respond(response: ServerResponse, status: number, body: object): true {
  response.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-request-id": requestIdOf(response.req),
    ...(status === 503 ? { "retry-after": "5" } : {}),
  });
  response.end(JSON.stringify(body));
  return true;
}
