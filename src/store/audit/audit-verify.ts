import type pg from "pg";
import type { SignedCheckpoint } from "../../domain/events/checkpoint.js";
import type { Fault } from "../../domain/events/log-fault.js";
import {
  LAST_REVISION,
  readStoredCheckpoints,
  readStoredEvents,
  readStoredHash,
  readStoredHead,
  readStrayRevision,
  type StoredHead,
  withSnapshot,
} from "./audit-rows.js";
import { holdCheckpoints, type Trust } from "./checkpoint-check.js";
import { genesisHash, type Link, walkChain } from "./hash-chain.js";

type Client = Parameters<typeof readStoredHash>[0];

export interface VerifyOptions {
  /** The first revision to walk; absent: the first that the log holds. */
  readonly from?: bigint | undefined;
  /** The last one; absent: the newest. */
  readonly to?: bigint | undefined;
  /** The key whose checkpoints are held against the log; null = none is. */
  readonly trust: Trust | null;
  /** Checkpoints that were kept outside of the database. */
  readonly kept: readonly SignedCheckpoint[];
  /** Whoever asks says that what left the log without a leave was compacted. */
  readonly acceptBase?: boolean | undefined;
}

export interface Verification {
  readonly fault: Fault | null;
  readonly walked: { readonly from: bigint; readonly to: bigint; readonly hash: string };
  /** The newest checkpoint that was held against a row of the walk, or against what it began from. */
  readonly signed: bigint | null;
  /** Of an export: a later revision that was signed, which it does not hold. */
  readonly beyond?: bigint | null;
  /** Other keys than the trusted one that have signed checkpoints. */
  readonly foreign: readonly string[];
}

export interface LogVerification extends Verification {
  /** What the log was held against. */
  readonly head: StoredHead;
}

/** Walks the log as it is at one moment and holds it against its head and its checkpoints. */
export function verifyLog(
  pool: pg.Pool,
  { from, to, trust, kept, acceptBase = false }: VerifyOptions,
): Promise<LogVerification> {
  return withSnapshot(pool, async (client) => {
    const head = await readStoredHead(client);
    const base = baseOf(head);
    const start = await startOf(client, base, from);
    const stored = await readStoredCheckpoints(client, head.logId, start.revision);
    const checkpoints = holdCheckpoints(head.logId, [...stored, ...kept], trust);
    const last = to === undefined || to > head.revision ? head.revision : to;
    const before =
      checkpoints.faultOfBase(base, acceptBase) ?? (await faultBelow(client, base)) ?? checkpoints.faultAt(start);
    const { end, fault } = before
      ? { end: start, fault: before }
      : await walkChain(start, readStoredEvents(client, start.revision + 1n, to ?? LAST_REVISION), checkpoints.faultAt);
    const atEnd = () => faultOfEnd(end, last, head) ?? checkpoints.faultBeyond(head.revision) ?? faultOfTime(end, head);
    return {
      fault: fault ?? atEnd(),
      head,
      walked: { from: start.revision + 1n, to: fault ? end.revision : last, hash: end.hash },
      signed: checkpoints.newest(start.revision, end.revision),
      foreign: checkpoints.foreign,
    };
  });
}

/** What the first event that the log holds follows from. */
export function baseOf({ compactedRevision, compactedHash, logId }: StoredHead): Link {
  return { revision: compactedRevision, hash: compactedHash ?? genesisHash(logId) };
}

/** The walk begins at the base, but readers of the log would be shown what stands below it. */
async function faultBelow(client: Client, base: Link): Promise<Fault | null> {
  const stray = await readStrayRevision(client, base.revision);
  return stray === null ? null : { revision: stray, says: `was put in: all up to ${base.revision} had left the log` };
}

async function startOf(client: Client, base: Link, from: bigint | undefined): Promise<Link> {
  if (from === undefined || from <= base.revision + 1n) return base;
  const hash = await readStoredHash(client, from - 1n);
  return hash === null ? base : { revision: from - 1n, hash };
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
