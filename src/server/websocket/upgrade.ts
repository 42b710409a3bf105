import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocketServer } from "ws";
import { RegistryError } from "../../domain/errors.js";
import { isAllowedHost, isAllowedOrigin } from "../kit/allowed-hosts.js";
import { isSameHost } from "../kit/cross-origin.js";
import { retryAfter } from "../kit/http-status.js";
import type { RateLimits } from "../limits/rate-limits.js";
import { requestIdOf } from "../requests/request-id.js";
import type { RequestTracker } from "../requests/request-tracker.js";
import { GRAPHQL_PATH } from "../yoga.js";
import { ignoreUpgrade, isForWebSocket } from "./ignored-upgrades.js";

interface UpgradeOptions {
  readonly isLocal: boolean;
  readonly corsOrigins: readonly string[];
  readonly tracker: RequestTracker;
  readonly rates: RateLimits;
  readonly addressOf: (request: IncomingMessage) => string;
}

/** Accepts WebSocket handshakes for the GraphQL path that come from an allowed host and origin, within the rate. */
export function acceptUpgrades(server: Server, sockets: WebSocketServer, options: UpgradeOptions): void {
  sockets.on("headers", (headers: string[], request: IncomingMessage) =>
    headers.push(`x-request-id: ${requestIdOf(request)}`),
  );
  sockets.on("wsClientError", (_error: Error, socket: Duplex, request: IncomingMessage) =>
    refuse(request, socket, INVALID_HANDSHAKE),
  );
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isForWebSocket(request)) return ignoreUpgrade(server, request, socket, head);
    const refusal = findRefusal(request, options);
    if (refusal) return refuse(request, socket, refusal);
    try {
      options.rates.countRequest(options.addressOf(request));
    } catch (error) {
      return refuse(request, socket, tooManyRequests(error));
    }
    open(request, socket, head);
  });

  function refuse(request: IncomingMessage, socket: Duplex, statusLine: string): void {
    options.tracker.recordRefusedUpgrade(request, statusLine);
    refuseUpgrade(socket, `${statusLine}\r\nx-request-id: ${requestIdOf(request)}`);
  }

  function open(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.emit("connection", webSocket, request);
    });
  }
}

/** The response names the supported version, for clients that speak another (RFC 6455 §4.4). */
const INVALID_HANDSHAKE = "400 Bad Request\r\nsec-websocket-version: 13";

function tooManyRequests(error: unknown): string {
  const details = error instanceof RegistryError ? error.details : {};
  const headers = Object.entries(retryAfter(details)).map(([name, value]) => `\r\n${name}: ${value}`);
  return `429 Too Many Requests${headers.join("")}`;
}

/** The console, which this server sends. No cookie is read, so a page of another host that has our name gains nothing. */
function isOwnPage({ origin, host }: IncomingMessage["headers"]): boolean {
  return origin !== undefined && isSameHost(origin, host);
}

function findRefusal({ url, headers }: IncomingMessage, { isLocal, corsOrigins }: UpgradeOptions): string | null {
  if ((url ?? "").split("?", 1)[0] !== GRAPHQL_PATH) return "404 Not Found";
  if (!isAllowedHost(isLocal, headers.host)) return "421 Misdirected Request";
  if (!isAllowedOrigin(isLocal, corsOrigins, headers.origin) && !isOwnPage(headers)) return "403 Forbidden";
  return null;
}

/** Node removes its listeners from a socket that asks for an upgrade: a reset by the client would crash the process. */
function refuseUpgrade(socket: Duplex, head: string): void {
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${head}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
