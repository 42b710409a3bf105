import { type BlockList, isIP } from "node:net";
import { blockListOf, isListed } from "../util/network/address-blocks.js";

// These rules are kept by hand: libraries classify some metadata addresses of clouds, such as 168.63.129.16, as public, and
// whatever they do not know, too.

/** Addresses that webhooks may call in addition to public ones. */
export interface AddressRules {
  /** IP addresses and CIDR blocks of any kind, and names of hosts, which may have private or loopback addresses. */
  readonly allow: readonly string[];
  /** In local mode webhooks may call loopback addresses, over http too. */
  readonly isLocal: boolean;
}

export interface Destination {
  readonly protocol: string;
  /** In the form of the URL class: in lower case, an IPv6 address in brackets. */
  readonly hostname: string;
}

type AddressKind = "PUBLIC" | "LOOPBACK" | "PRIVATE" | "SPECIAL";

const LOOPBACK = blockListOf(["127.0.0.0/8", "::1"]);
const PRIVATE = blockListOf(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]);
/** Where clouds serve credentials, in addition to the link-local 169.254.169.254. */
const METADATA = blockListOf(["fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"]);
/** IANA IPv4 Special-Purpose Address Registry, with multicast and reserved blocks. */
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
/** Global unicast is 2000::/3; all other IPv6 addresses (mapped, NAT64, link-local, multicast, …) is special. */
const GLOBAL_V6 = blockListOf(["2000::/3"]);
/** IANA IPv6 Special-Purpose Address Registry, within 2000::/3: Teredo and other protocols, documentation, 6to4. */
const SPECIAL_V6 = blockListOf(["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]);

export function kindOfAddress(address: string): AddressKind {
  const isIn = (list: BlockList) => isListed(list, address);
  if (isIP(address) === 0) return "SPECIAL";
  if (isIn(METADATA)) return "SPECIAL";
  if (isIn(LOOPBACK)) return "LOOPBACK";
  if (isIn(PRIVATE)) return "PRIVATE";
  if (isIP(address) === 4) return isIn(SPECIAL_V4) ? "SPECIAL" : "PUBLIC";
  return isIn(GLOBAL_V6) && !isIn(SPECIAL_V6) ? "PUBLIC" : "SPECIAL";
}

export const HTTPS_ONLY = "Webhooks are sent over https only.";

/** Why an address of a host may not be called; null if it may. */
export type AddressGuard = (to: Destination, address: string) => string | null;

export function createAddressGuard({ allow, isLocal }: AddressRules): AddressGuard {
  const blocks = blockListOf(allow.filter(isAddressOrBlock));
  const names = allowedNames(allow);
  return ({ protocol, hostname }, address) => {
    const kind = kindOfAddress(address);
    if (protocol !== "https:" && !(isLocal && kind === "LOOPBACK")) return HTTPS_ONLY;
    if (kind === "PUBLIC" || isListed(blocks, address)) return null;
    if (kind === "LOOPBACK" && isLocal) return null;
    if (kind !== "SPECIAL" && names.has(plainHost(hostname))) return null;
    return "The host's address is private or special: webhooks are sent to public addresses only.";
  };
}

export function allowedNames(allow: readonly string[]): ReadonlySet<string> {
  return new Set(allow.filter((entry) => !isAddressOrBlock(entry)).map(plainHost));
}

function isAddressOrBlock(entry: string): boolean {
  return isIP(entry.split("/")[0] ?? "") !== 0;
}

/** The host without the brackets of an IPv6 address and without the final dot of a name. */
export function plainHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}
