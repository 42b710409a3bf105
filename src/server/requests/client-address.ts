import type { IncomingMessage } from "node:http";
import { BlockList, isIP, type Socket } from "node:net";

/** Whose `X-Forwarded-For` is believed: addresses and blocks of them. */
export function blockListOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** Where a request comes from: the nearest hop that is none of our proxies. Each proxy adds its peer at the right. */
export function clientAddress({ socket, headers }: IncomingMessage, proxies: BlockList): string {
  let address = peerAddress(socket);
  const hops = String(headers["x-forwarded-for"] ?? "").split(",");
  while (isListed(proxies, address)) {
    const hop = plain(hops.pop()?.trim() ?? "");
    if (isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

/** Who is at the other end, be it a proxy. */
export function peerAddress({ remoteAddress }: Socket): string {
  return plain(remoteAddress ?? "");
}

/** The network of a peer; null of one of our proxies, which speaks for many. */
export function networkOfPeer(socket: Socket, proxies: BlockList): string | null {
  const address = peerAddress(socket);
  return isListed(proxies, address) ? null : networkOf(address);
}

/** What counts as one client: an IPv4 address, or the /64 that an IPv6 client has all to itself (RFC 4291 §2.5.4). */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail?.split(":").filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
}

function isListed(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
}
