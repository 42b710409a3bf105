import { lookup, Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { isLocalhostName } from "../util/network/loopback.js";

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Returns every address of a host. */
export type ResolveHost = (host: string) => Promise<Address[]>;

const DNS_TIMEOUT_MS = 3_000;
const DNS_TRIES = 2;

const toAddress = (address: string): Address => ({ address, family: isIP(address) });

/**
 * Resolves by DNS only: the system's look-up blocks one of four threads until the name server answers, so one slow domain
 * would delay the others. Names that the configuration allows may be in the system's files, so the system resolves them.
 */
export function createResolver(systemNames: ReadonlySet<string>): ResolveHost {
  return async (host) => {
    if (isLocalhostName(host)) return [toAddress("127.0.0.1"), toAddress("::1")];
    if (systemNames.has(host)) return lookup(host, { all: true });
    const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [v4, v6].flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length === 0 && v4.status === "rejected") throw v4.reason;
    return found.map(toAddress);
  };
}
