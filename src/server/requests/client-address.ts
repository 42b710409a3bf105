import type { IncomingMessage } from "node:http";
import { type BlockList, isIP, type Socket } from "node:net";
import ipaddr from "ipaddr.js";
import proxyAddr from "proxy-addr";
import { isListed } from "../../util/network/address-blocks.js";

/** Some proxies add the port of their peer, as in `198.51.100.1:4711` and `[2001:db8::1]:4711`. */
const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+(?:\.\d+){3}))(?::\d+)?$/;

/** The address of a request's client: the nearest hop of `X-Forwarded-For` that is not a trusted proxy. */
export function clientAddress(request: IncomingMessage, proxies: BlockList): string {
  const peer = peerOf(request.socket, proxies);
  if (!peer.isProxy) return peer.address;
  const hops = proxyAddr.all(request, (hop) => isListed(proxies, toAddress(hop)));
  return hops.map(toAddress).findLast((hop) => hop !== "") ?? "";
}

interface Peer {
  readonly address: string;
  readonly isProxy: boolean;
}

const peers = new WeakMap<BlockList, WeakMap<Socket, Peer>>();

/** The other end of a connection stays the same for all of its requests. */
function peerOf(socket: Socket, proxies: BlockList): Peer {
  const bySocket = peers.get(proxies) ?? new WeakMap<Socket, Peer>();
  const known = bySocket.get(socket);
  if (known) return known;
  const address = peerAddress(socket);
  const peer = { address, isProxy: isListed(proxies, address) };
  // a connection that has closed has no address any more
  if (address !== "") peers.set(proxies, bySocket.set(socket, peer));
  return peer;
}

/** The address of the other end of a connection, which may be a proxy. */
export function peerAddress({ remoteAddress }: Socket): string {
  return toAddress(remoteAddress);
}

/** The network of a peer; null for a trusted proxy, which carries the requests of many clients. */
export function networkOfPeer(socket: Socket, proxies: BlockList): string | null {
  const address = peerAddress(socket);
  return isListed(proxies, address) ? null : networkOf(address);
}

/** What counts as one client: an IPv4 address, or the /64 that a single IPv6 client may have to itself (RFC 4291 §2.5.4). */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const { parts } = ipaddr.IPv6.parse(address);
  return parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":");
}

/** An address without port and zone, and an IPv4-mapped one as IPv4. Empty for text that is not an address. */
function toAddress(hop: string | undefined): string {
  const [, bracketed, v4] = WITH_PORT.exec(hop ?? "") ?? [];
  const address = bracketed ?? v4 ?? hop ?? "";
  return isIP(address) === 0 ? "" : ipaddr.process(address.replace(/%.*$/, "")).toString();
}
