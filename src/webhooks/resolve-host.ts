import { lookup, Resolver } from "node:dns/promises";
import { isIP } from "node:net";

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Every address of a host. */
export type ResolveHost = (host: string) => Promise<Address[]>;

const DNS_TIMEOUT_MS = 3_000;
const DNS_TRIES = 2;

const toAddress = (address: string): Address => ({ address, family: isIP(address) });

/**
 * By DNS alone: the system's look-up holds one of four threads for as long as a name server likes, and so one slow
 * domain would delay others. Names that the configuration allows may stand in the system's files, so are looked up there.
 */
export function createResolver(systemNames: ReadonlySet<string>): ResolveHost {
  return async (host) => {
    if (host === "localhost" || host.endsWith(".localhost")) return [toAddress("127.0.0.1"), toAddress("::1")];
    if (systemNames.has(host)) return lookup(host, { all: true });
    const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [v4, v6].flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length === 0 && v4.status === "rejected") throw v4.reason;
    return found.map(toAddress);
  };
}
