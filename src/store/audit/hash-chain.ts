import { createHash } from "node:crypto";
import { type Fault, findFault, type StoredEvent } from "../../domain/events/log-fault.js";

/** Where the chain stands: the newest row that was walked, and its hash. */
export interface Link {
  readonly revision: bigint;
  readonly hash: string;
  /** When that row says that it happened; absent where no row has been walked. */
  readonly at?: string;
}

/** What the chain of a log begins with. */
export function genesisHash(logId: string): string {
  return createHash("sha256").update(logId).digest("hex");
}

/** SHA-256 of the hash of the event before and the body of this one. */
export function nextHash(previous: string, body: string): string {
  return createHash("sha256").update(Buffer.from(previous, "hex")).update(body).digest("hex");
}

/** Walks rows that follow one another, with as little memory as a row; calls back at each, and returns the first fault. */
export async function walkChain(
  start: Link,
  rows: AsyncIterable<StoredEvent>,
  visit: (link: Link) => Fault | null,
): Promise<{ end: Link; fault: Fault | null }> {
  let end = start;
  for await (const row of rows) {
    const revision = end.revision + 1n;
    const fault = findFault(row, { revision, expectedHash: nextHash(end.hash, row.body) });
    if (fault) return { end, fault };
    end = { revision, hash: row.hash, at: String(row.columns.at) };
    const seen = visit(end);
    if (seen) return { end, fault: seen };
  }
  return { end, fault: null };
}
