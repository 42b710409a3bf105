import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

/** Headers about the connection, or about the protocol that is declined. */
const DROPPED_HEADERS: ReadonlySet<string> = new Set(["upgrade", "connection", "http2-settings", "keep-alive"]);

export function isForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/**
 * Serves a request for an upgrade to another protocol than WebSocket as a plain request (RFC 9110 §7.8): Java's HttpClient
 * asks for HTTP/2 in each. Node detaches the socket of every upgrade from its HTTP server, so the request is written back
 * into the socket, without the upgrade, and the socket is given to the server again. The connection closes afterwards.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`, "connection: close"];
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!DROPPED_HEADERS.has(rawHeaders[i]?.toLowerCase() ?? "")) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}
