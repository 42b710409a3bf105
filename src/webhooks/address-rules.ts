import { type BlockList, isIP } from "node:net";
import { blockListOf, isListed } from "../util/address-blocks.js";

/** What may be called besides the public internet. */
export interface AddressRules {
  /** CIDR blocks and addresses, of any kind, and names of hosts, whose addresses may be private or loopback. */
  readonly allow: readonly string[];
  /** On one's own machine loopback may be called, and by http. */
  readonly isLocal: boolean;
}

export interface Destination {
  readonly protocol: string;
  /** As URL writes it: in lower case, an IPv6 address in brackets. */
  readonly hostname: string;
}

type AddressKind = "PUBLIC" | "LOOPBACK" | "PRIVATE" | "SPECIAL";

const LOOPBACK = blockListOf(["127.0.0.0/8", "::1"]);
const PRIVATE = blockListOf(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]);
/** Where clouds answer with credentials, apart from the link-local 169.254.169.254. */
const METADATA = blockListOf(["fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"]);
/** IANA IPv4 Special-Purpose Address Registry, with multicast and what is reserved. */
const SPECIAL_V4 = blockListOf([
  "0.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
]);
/** Global unicast is 2000::/3; all else of IPv6 (mapped, NAT64, link-local, multicast, …) is special. */
const GLOBAL_V6 = blockListOf(["2000::/3"]);
/** IANA IPv6 Special-Purpose Address Registry, within 2000::/3: Teredo and other protocols, documentation, 6to4. */
const SPECIAL_V6 = blockListOf(["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]);

/**
 * By hand, because the ranges of a library leave out the metadata addresses of clouds, and count as public whatever they do
 * not know.
 */
export function kindOfAddress(address: string): AddressKind {
  const isIn = (list: BlockList) => isListed(list, address);
  if (isIP(address) === 0) return "SPECIAL";
  if (isIn(METADATA)) return "SPECIAL";
  if (isIn(LOOPBACK)) return "LOOPBACK";
  if (isIn(PRIVATE)) return "PRIVATE";
  if (isIP(address) === 4) return isIn(SPECIAL_V4) ? "SPECIAL" : "PUBLIC";
  return isIn(GLOBAL_V6) && !isIn(SPECIAL_V6) ? "PUBLIC" : "SPECIAL";
}

/** Why an address may not be called for a host, or null if it may. */
export type AddressGuard = (to: Destination, address: string) => string | null;

export function createAddressGuard({ allow, isLocal }: AddressRules): AddressGuard {
  const blocks = blockListOf(allow.filter((entry) => isIP(entry.split("/")[0] ?? "") !== 0));
  const names = allowedNames(allow);
  return ({ protocol, hostname }, address) => {
    const kind = kindOfAddress(address);
    if (protocol !== "https:" && !(isLocal && kind === "LOOPBACK")) return "Webhooks are sent over https only.";
    if (kind === "PUBLIC" || isListed(blocks, address)) return null;
    if (kind === "LOOPBACK" && isLocal) return null;
    if (kind !== "SPECIAL" && names.has(plainHost(hostname))) return null;
    return "The host's address is private or special: webhooks are sent to public addresses only.";
  };
}

export function allowedNames(allow: readonly string[]): ReadonlySet<string> {
  return new Set(allow.filter((entry) => isIP(entry.split("/")[0] ?? "") === 0).map(plainHost));
}

/** Without the brackets of an IPv6 address and the dot at the end of a name. */
export function plainHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}
