import { createHash } from "node:crypto";
import { type Fault, findFault, type StoredEvent } from "../../domain/events/log-fault.js";

/** A link of the hash chain: an event and its hash. */
export interface ChainLink {
  readonly revision: bigint;
  readonly hash: string;
  /** The time of the event; absent before the first event that was walked. */
  readonly at?: string;
}

/** The hash that the first event of a log follows from. */
export function genesisHash(logId: string): string {
  return createHash("sha256").update(logId).digest("hex");
}

/** A file that holds a log from its beginning must begin with the hash that follows from the log's id. */
export function faultOfStart(logId: string, { revision, hash }: ChainLink): Fault | null {
  if (revision !== 0n || hash === genesisHash(logId)) return null;
  return { revision: 1n, text: "does not follow from the id of its log: what the file begins with was altered" };
}

/** SHA-256 of the previous event's hash and this event's body. */
function nextHash(previous: string, body: string): string {
  return createHash("sha256").update(Buffer.from(previous, "hex")).update(body).digest("hex");
}

/**
 * Walks consecutive events, holding one of them in memory at a time. Calls `check` at each link, and stops at the first
 * fault.
 */
export async function walkChain(
  start: ChainLink,
  events: AsyncIterable<StoredEvent>,
  check: (link: ChainLink) => Fault | null,
): Promise<{ end: ChainLink; fault: Fault | null }> {
  let end = start;
  for await (const event of events) {
    const revision = end.revision + 1n;
    const fault = findFault(event, { revision, expectedHash: nextHash(end.hash, event.body) });
    if (fault) return { end, fault };
    end = { revision, hash: event.hash, at: String(event.columns.at) };
    const found = check(end);
    if (found) return { end, fault: found };
  }
  return { end, fault: null };
}
