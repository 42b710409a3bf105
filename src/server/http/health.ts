import type { ServerResponse } from "node:http";
import { requestIdOf } from "../requests/request-id.js";

interface Readiness {
  isStopping(): boolean;
  ping(): Promise<void>;
}

/** `/healthz`: the process lives. `/readyz`: it can serve. Answers whether the path was one of the two. */
export function createHealthEndpoints({ isStopping, ping }: Readiness) {
  let pinging: Promise<void> | null = null;
  // nobody is refused here for asking often, so that whoever asks shares the answer that is under way
  const pingOnce = () => {
    pinging ??= ping().finally(() => {
      pinging = null;
    });
    return pinging;
  };
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
  const retry = status === 503 ? { "retry-after": "5" } : {};
  const id = { "x-request-id": requestIdOf(response.req) };
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...id, ...retry });
  response.end(JSON.stringify(body));
  return true;
}
