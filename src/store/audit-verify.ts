import type pg from "pg";
import type { Fault } from "../domain/audit.js";
import type { SignedCheckpoint } from "../domain/checkpoint.js";
import {
  readStoredCheckpoints,
  readStoredEvents,
  readStoredHash,
  readStoredHead,
  type StoredHead,
  withSnapshot,
} from "./audit-rows.js";
import { genesisHash, type Link, walkChain } from "./chain.js";

/** Whose signatures count. */
export interface Trust {
  readonly keyId: string;
  isSigned(checkpoint: SignedCheckpoint): boolean;
}

export interface VerifyOptions {
  /** The first revision to walk; absent: the first that the log holds. */
  readonly from?: bigint | undefined;
  /** The last one; absent: the newest. */
  readonly to?: bigint | undefined;
  /** The key whose checkpoints are held against the log; null = none is. */
  readonly trust: Trust | null;
  /** Checkpoints that were kept outside of the database. */
  readonly kept: readonly SignedCheckpoint[];
}

export interface Verification {
  readonly fault: Fault | null;
  readonly walked: { readonly from: bigint; readonly to: bigint; readonly hash: string };
  /** The newest checkpoint that was held against a row of the walk, or against what it began from. */
  readonly signed: bigint | null;
  /** Other keys than the trusted one that have signed checkpoints. */
  readonly foreign: readonly string[];
}

/** Walks the log as it is at one moment and holds it against its head and its checkpoints. */
export function verifyLog(pool: pg.Pool, { from, to, trust, kept }: VerifyOptions): Promise<Verification> {
  return withSnapshot(pool, async (client) => {
    const head = await readStoredHead(client);
    const stored = (await readStoredCheckpoints(client)).map((each) => ({ ...each, logId: head.logId }));
    const own = [...stored, ...kept].filter(({ keyId }) => keyId === trust?.keyId);
    const foreign = [...new Set([...stored, ...kept].flatMap(({ keyId }) => (keyId === trust?.keyId ? [] : [keyId])))];
    const start = await startOf(client, head, from);
    const last = to === undefined || to > head.revision ? head.revision : to;
    const byRevision = new Map<bigint, SignedCheckpoint[]>();
    for (const each of own) byRevision.set(each.revision, [...(byRevision.get(each.revision) ?? []), each]);
    const check = (link: Link) => faultOfCheckpoints(byRevision.get(link.revision) ?? [], link, head, trust);
    const before = check(start);
    const { end, fault } = before
      ? { end: start, fault: before }
      : await walkChain(start, readStoredEvents(client, start.revision + 1n, to ?? 2n ** 62n), check);
    return {
      fault: fault ?? faultOfEnd(end, last, head) ?? faultOfTail(own, head, trust) ?? faultOfTime(end, head),
      walked: { from: start.revision + 1n, to: fault ? end.revision : last, hash: end.hash },
      signed: newestOf(own, start.revision, end.revision),
      foreign,
    };
  });
}

function newestOf(own: readonly SignedCheckpoint[], from: bigint, to: bigint): bigint | null {
  return own.reduce<bigint | null>((newest, { revision }) => {
    const isHeld = revision >= from && revision <= to;
    return isHeld && (newest === null || revision > newest) ? revision : newest;
  }, null);
}

async function startOf(
  client: Parameters<typeof readStoredHash>[0],
  head: StoredHead,
  from: bigint | undefined,
): Promise<Link> {
  const { compactedRevision: revision, compactedHash, logId } = head;
  const oldest = { revision, hash: compactedHash ?? genesisHash(logId) };
  if (from === undefined || from <= revision + 1n) return oldest;
  const hash = await readStoredHash(client, from - 1n);
  return hash === null ? oldest : { revision: from - 1n, hash };
}

function faultOfCheckpoints(
  checkpoints: readonly SignedCheckpoint[],
  { revision, hash }: Link,
  head: StoredHead,
  trust: Trust | null,
): Fault | null {
  for (const checkpoint of checkpoints) {
    const forged = faultOfSignature(checkpoint, head, trust);
    if (forged) return forged;
    if (checkpoint.hash !== hash) {
      return {
        revision,
        says: `is not what was signed on ${checkpoint.at.toISOString()}: the log up to here was rewritten`,
      };
    }
  }
  return null;
}

function faultOfSignature(checkpoint: SignedCheckpoint, { logId }: StoredHead, trust: Trust | null): Fault | null {
  const { revision } = checkpoint;
  if (!trust?.isSigned(checkpoint)) {
    return { revision, says: "has a checkpoint whose signature is not that of its key" };
  }
  if (checkpoint.logId === logId) return null;
  return { revision, says: "is of another log than the one that was signed" };
}

function faultOfEnd(end: Link, last: bigint, head: StoredHead): Fault | null {
  if (end.revision < last) {
    return { revision: end.revision + 1n, says: `to ${last} were removed: the head says that they were there` };
  }
  if (last < head.revision) return null;
  if (end.revision > head.revision)
    return { revision: head.revision + 1n, says: "is beyond the head, which was set back" };
  return end.hash === head.hash ? null : { revision: end.revision, says: "has not the hash that the head says" };
}

/** Looked at last: whoever set the head back without its time has cut the tail, which says more. */
function faultOfTime(end: Link, head: StoredHead): Fault | null {
  if (end.revision !== head.revision || end.at === undefined || end.at === head.at) return null;
  return { revision: end.revision, says: "has not the time that the head says" };
}

/** A checkpoint beyond the head bears witness of what was cut off. */
function faultOfTail(own: readonly SignedCheckpoint[], head: StoredHead, trust: Trust | null): Fault | null {
  const beyond = own.find(({ revision }) => revision > head.revision);
  if (!beyond) return null;
  const forged = faultOfSignature(beyond, head, trust);
  if (forged) return forged;
  const says = `to ${beyond.revision} were cut off: revision ${beyond.revision} was signed on ${beyond.at.toISOString()}`;
  return { revision: head.revision + 1n, says };
}
