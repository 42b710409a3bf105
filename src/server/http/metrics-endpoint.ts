import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseBearer } from "../../auth/bearer-token.js";
import { isAllowedHost } from "../kit/allowed-hosts.js";
import { requestIdOf } from "../requests/request-id.js";

interface MetricsEndpoint {
  readonly isLocal: boolean;
  /** The bearer token of a scrape. Null: none is needed in local mode, and otherwise the endpoint does not exist. */
  readonly token: string | null;
  readonly contentType: string;
  expose(): Promise<string>;
}

/** Serves `GET /metrics`. Resolves to whether it answered the request. */
export function createMetricsEndpoint({ isLocal, token, contentType, expose }: MetricsEndpoint) {
  const isOpen = isLocal || token !== null;
  return async (path: string, response: ServerResponse): Promise<boolean> => {
    const { req: request } = response;
    if (!isOpen || path !== "/metrics" || request.method !== "GET" || !isAllowedHost(isLocal, request.headers.host))
      return false;
    if (token !== null && !isSameSecret(bearerOf(request), token))
      return respond(response, 401, "A bearer token is required.\n");
    return respond(response, 200, await expose(), contentType);
  };
}

function bearerOf({ headers }: IncomingMessage): string {
  return parseBearer(headers.authorization) ?? "";
}

/** Compares hashes in constant time, so that the time reveals neither the first difference nor the length of the secret. */
function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

function respond(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8"): true {
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-request-id": requestIdOf(response.req),
    ...(status === 401 ? { "www-authenticate": 'Bearer realm="shelfmark-metrics"' } : {}),
  });
  response.end(body);
  return true;
}
