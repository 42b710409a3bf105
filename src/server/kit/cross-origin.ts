import type { IncomingMessage } from "node:http";
import type { CORSOptions } from "graphql-yoga";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { toPrintable } from "../requests/request-log.js";
import { isAllowedOrigin } from "./allowed-hosts.js";

/** What is looked at of a request. */
type Asked = { readonly headers: Pick<IncomingMessage["headers"], "origin" | "host"> };

/** What a page of another origin may read beside the body. */
const EXPOSED_HEADERS = ["x-request-id", "retry-after", "www-authenticate"];

/**
 * For yoga, which answers preflights and adds the headers to its responses. Not as a list of origins: it would tell every
 * other origin which one is allowed, or that `null` is.
 */
export function corsOptionsFor(origin: string | null, allowed: readonly string[]): CORSOptions {
  if (origin === null || !allowed.includes(origin)) return false;
  return { origin, credentials: false, methods: ["GET", "POST"], exposedHeaders: EXPOSED_HEADERS };
}

/**
 * The headers for a response that yoga does not make: without them a browser hides status, code and `Retry-After` from the
 * page, which sees a network error (Fetch, CORS protocol). No `Vary`: no cache may store a response of ours.
 */
export function corsHeaders({ headers }: Asked, allowed: readonly string[]): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined || !allowed.includes(origin)) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": EXPOSED_HEADERS.join(", "),
  };
}

const LOG_AGAIN_MS = 60_000;
/** So that a client that makes up origins can fill neither the memory nor the log. */
const MAX_REMEMBERED = 20;

interface OriginSettings {
  readonly isLocal: boolean;
  readonly corsOrigins: readonly string[];
}

/**
 * Logs that a page of an origin cannot read the answers, with the name of the origin and at most once a minute: in the
 * browser the reason is hidden from the page.
 */
export function createOriginLog(log: Pick<Logger, "warn">, { isLocal, corsOrigins }: OriginSettings) {
  const logged = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: LOG_AGAIN_MS, ttlAutopurge: true });
  return ({ headers: { origin, host } }: Asked): void => {
    if (isAllowedOrigin(isLocal, corsOrigins, origin) || origin === undefined || isSameHost(origin, host)) return;
    // the place of one is free again after its minute
    if (logged.has(origin) || logged.size >= MAX_REMEMBERED) return;
    logged.set(origin, true);
    log.warn({ origin: toPrintable(origin) }, "A page's origin is refused: SHELFMARK_CORS_ORIGINS does not have it");
  };
}

/**
 * Whether a page of another site caused the request. Browsers add credentials of Basic by themselves, and say with these
 * headers who asks (Fetch, "Origin header"; Fetch Metadata, §2.3). Programs send neither.
 */
export function isFromForeignPage({ headers }: Pick<IncomingMessage, "headers">): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  return headers.origin !== undefined && !isSameHost(headers.origin, headers.host);
}

/** A page that this server sends, such as GraphiQL, has its host; the scheme may be that of a proxy. */
export function isSameHost(origin: string, host: string | undefined): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
