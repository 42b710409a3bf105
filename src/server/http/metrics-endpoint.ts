import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseBearer } from "../../auth/bearer-token.js";
import { requestIdOf } from "../requests/request-id.js";
import { isAllowedHost } from "./allowed-hosts.js";

interface MetricsDoor {
  readonly isLocal: boolean;
  /** What a scrape must show; null = nothing in local mode, and no scrapes otherwise. */
  readonly token: string | null;
  readonly contentType: string;
  expose(): Promise<string>;
}

/** `GET /metrics`. Answers whether the path was that; without a token there is no such path but on one's own machine. */
export function createMetricsDoor({ isLocal, token, contentType, expose }: MetricsDoor) {
  const isOpen = isLocal || token !== null;
  return async (path: string, response: ServerResponse): Promise<boolean> => {
    const { req: request } = response;
    if (!isOpen || path !== "/metrics" || request.method !== "GET" || !isAllowedHost(isLocal, request.headers.host))
      return false;
    if (token !== null && !isSame(bearerOf(request), token))
      return answer(response, 401, "A bearer token is required.\n");
    return answer(response, 200, await expose(), contentType);
  };
}

function bearerOf({ headers }: IncomingMessage): string {
  return parseBearer(headers.authorization) ?? "";
}

/** In a time that tells nothing of where they differ, nor of how long the right one is. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

function answer(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8"): true {
  const challenge = status === 401 ? { "www-authenticate": 'Bearer realm="shelfmark-metrics"' } : {};
  const headers = { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" };
  response.writeHead(status, { ...headers, ...challenge, "x-request-id": requestIdOf(response.req) });
  response.end(body);
  return true;
}
