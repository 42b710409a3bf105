import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

/** They speak of the connection, or of the protocol that is not changed to; what is kept of them is written anew. */
const DROPPED: ReadonlySet<string> = new Set(["upgrade", "connection", "http2-settings", "keep-alive"]);

export function isForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/**
 * Serves a request that asks for another protocol than WebSocket as if it did not (RFC 9110 §7.8): Java's HttpClient asks
 * for HTTP/2 in each. Node takes every such request off its connection, so it is put back there, for the last time.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`, "connection: close"];
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!DROPPED.has(rawHeaders[i]?.toLowerCase() ?? "")) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}
