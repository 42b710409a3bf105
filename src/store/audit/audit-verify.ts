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
import { CheckpointCheck, type TrustedKey } from "./checkpoint-check.js";
import { type ChainLink, genesisHash, walkChain } from "./hash-chain.js";

type Client = Parameters<typeof readStoredHash>[0];

export interface VerifyOptions {
  /** The first revision to walk; absent: the first that the log holds. */
  readonly from?: bigint | undefined;
  /** The last revision to walk; absent: the newest. */
  readonly to?: bigint | undefined;
  /** The key whose checkpoints the log is checked against; null = none. */
  readonly trust: TrustedKey | null;
  /** Checkpoints that were kept outside of the database. */
  readonly kept: readonly SignedCheckpoint[];
  /** Whether the operator accepts that events left the log without a signed compaction. */
  readonly acceptUnsignedBase?: boolean | undefined;
}

export interface Verification {
  readonly fault: Fault | null;
  readonly walked: { readonly from: bigint; readonly to: bigint; readonly hash: string };
  /** The newest checkpoint that was compared with an event of the walk, or with the link that the walk started from. */
  readonly signed: bigint | null;
  /** Only for an export: a later revision that was signed and that the export does not hold. */
  readonly beyond?: bigint | null;
  /** Other keys than the trusted one that have signed checkpoints. */
  readonly foreign: readonly string[];
}

export interface LogVerification extends Verification {
  /** The head that the log was compared with. */
  readonly head: StoredHead;
}

/** Walks the log as it is at one moment, and compares it with its head and its checkpoints. */
export function verifyLog(
  pool: pg.Pool,
  { from, to, trust, kept, acceptUnsignedBase = false }: VerifyOptions,
): Promise<LogVerification> {
  return withSnapshot(pool, async (client) => {
    const head = await readStoredHead(client);
    const base = baseOf(head);
    const start = await startLink(client, base, from);
    const stored = await readStoredCheckpoints(client, head.logId, start.revision);
    const check = new CheckpointCheck(head.logId, [...stored, ...kept], trust);
    const last = to === undefined || to > head.revision ? head.revision : to;
    const events = readStoredEvents(client, start.revision + 1n, to ?? LAST_REVISION);
    const before =
      check.faultOfBase(base, acceptUnsignedBase) ?? (await faultBelow(client, base)) ?? check.faultAt(start);
    const { end, fault } = before
      ? { end: start, fault: before }
      : await walkChain(start, events, (link) => check.faultAt(link));
    const atEnd = () => faultOfEnd(end, last, head) ?? check.faultAfter(head.revision) ?? faultOfTime(end, head);
    return {
      fault: fault ?? atEnd(),
      head,
      walked: { from: start.revision + 1n, to: fault ? end.revision : last, hash: end.hash },
      signed: check.newestWithin(start.revision, end.revision),
      foreign: check.foreignKeys,
    };
  });
}

/** The base of the log: the link that its first event follows from. */
export function baseOf({ compactedRevision, compactedHash, logId }: StoredHead): ChainLink {
  return { revision: compactedRevision, hash: compactedHash ?? genesisHash(logId) };
}

/** The walk starts at the base, but readers of the log would be shown events below it. */
async function faultBelow(client: Client, base: ChainLink): Promise<Fault | null> {
  const stray = await readStrayRevision(client, base.revision);
  if (stray === null) return null;
  return { revision: stray, text: `was inserted: all revisions up to ${base.revision} had been compacted` };
}

async function startLink(client: Client, base: ChainLink, from: bigint | undefined): Promise<ChainLink> {
  if (from === undefined || from <= base.revision + 1n) return base;
  const hash = await readStoredHash(client, from - 1n);
  return hash === null ? base : { revision: from - 1n, hash };
}

function faultOfEnd(end: ChainLink, last: bigint, head: StoredHead): Fault | null {
  if (end.revision < last) {
    return { revision: end.revision + 1n, text: `to ${last} were removed: the head records that they existed` };
  }
  if (last < head.revision) return null;
  if (end.revision > head.revision)
    return { revision: head.revision + 1n, text: "is beyond the head, which was set back" };
  return end.hash === head.hash ? null : { revision: end.revision, text: "does not have the hash of the head" };
}

/** Checked last: setting back the head without its time also cuts off the tail, and that fault explains more. */
function faultOfTime(end: ChainLink, head: StoredHead): Fault | null {
  if (end.revision !== head.revision || end.at === undefined || end.at === head.at) return null;
  return { revision: end.revision, text: "does not have the time of the head" };
}
