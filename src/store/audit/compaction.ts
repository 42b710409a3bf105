import type { Database } from "../connection/database.js";
import { readHead } from "../events/event-log.js";
import { type Archived, archiveEvents, checkArchive } from "./archive-write.js";
import { baseOf, type LogVerification, verifyLog } from "./audit-verify.js";
import { keepCheckpoint, readCheckpointFile, type Signer } from "./checkpoints.js";
import type { ChainLink } from "./hash-chain.js";
import { TamperedLogError } from "./tampered-log.js";

/** Each batch is a transaction that locks the head. Writers wait for it, so it is small. */
const BATCH = 5_000n;

export interface CompactionOptions {
  readonly before: Date;
  /** Signs the compaction, so that it differs from a removal of events. */
  readonly key: Signer;
  /** The file for checkpoints outside of the database. */
  readonly file: string;
  /** Whether to sign also for events that left the log without a signature of this key: an earlier version, another key. */
  readonly acceptEarlier?: boolean | undefined;
  /** The folder that receives the events before they leave the log. */
  readonly archive?: string | undefined;
}

export interface Compaction {
  /** How many events this compaction removed. */
  readonly gone: number;
  /** The newest event that any compaction has removed. */
  readonly until: { readonly revision: bigint; readonly at: Date } | null;
  readonly head: bigint;
  /** The segment that this compaction wrote; null if it needed none. */
  readonly archived: Archived | null;
}

/**
 * Removes the events before a time from the log: whole transactions, oldest first. They are verified and the compaction is
 * signed before. Events that an enabled webhook has not read yet stay. Throws a TamperedLogError if the log has a fault.
 * With an archive, they are in it before the first of them leaves the log.
 */
export async function compactLog(
  { prisma, pool }: Pick<Database, "prisma" | "pool">,
  { before, key, file, acceptEarlier, archive }: CompactionOptions,
): Promise<Compaction> {
  const kept = (await readCheckpointFile(file, () => undefined)) ?? [];
  const sign = async ({ head }: LogVerification, { revision, hash }: ChainLink) => {
    const { logId } = head;
    await keepCheckpoint(prisma, file, key.sign({ purpose: "COMPACTION", logId, revision, hash, at: before }));
  };
  const verify = async (more: { to?: bigint; acceptUnsignedBase?: boolean }) => {
    const verified = await verifyLog(pool, { trust: key, kept, ...more });
    if (verified.fault) throw new TamperedLogError(verified.fault);
    return verified;
  };
  if (archive !== undefined) await checkArchive(pool, archive, key);
  if (acceptEarlier) {
    const verified = await verify({ acceptUnsignedBase: true });
    if (verified.head.compactedRevision > 0n) await sign(verified, baseOf(verified.head));
  }
  const goal = await findGoal(prisma, before);
  if (goal === null) return outcome(prisma, 0, null);
  const verified = await verify({ to: goal });
  // another process may have compacted it since
  if (goal <= verified.head.compactedRevision) return outcome(prisma, 0, null);
  const archived = archive === undefined ? null : await archiveEvents(pool, archive, { goal, key, at: before });
  await sign(verified, { revision: goal, hash: verified.walked.hash });
  return outcome(prisma, await removeUpTo(prisma, goal), archived);
}

/**
 * The newest event that is before the time and that every webhook has read, and ends a transaction. Nothing is signed or
 * archived for events that stay.
 */
async function findGoal(prisma: Pick<Database["prisma"], "event" | "webhook">, before: Date): Promise<bigint | null> {
  const { _min } = await prisma.webhook.aggregate({
    where: { deletedAt: null, disabledAt: null },
    _min: { position: true },
  });
  const revision = _min.position === null ? {} : { revision: { lte: _min.position } };
  const goal = await prisma.event.findFirst({
    where: { at: { lt: before }, ...revision },
    orderBy: { revision: "desc" },
    select: { revision: true, commitIndex: true, commitSize: true },
  });
  if (!goal) return null;
  const { revision: last, commitIndex, commitSize } = goal;
  return commitIndex === commitSize - 1 ? last : last - BigInt(commitIndex) - 1n;
}

async function removeUpTo(prisma: Pick<Database["prisma"], "eventHead" | "$queryRaw">, goal: bigint): Promise<number> {
  let gone = 0;
  for (let head = await readHead(prisma), step = BATCH; head.compactedRevision < goal; ) {
    const until = head.compactedRevision + step < goal ? head.compactedRevision + step : goal;
    const [row] = await prisma.$queryRaw<{ gone: bigint }[]>`SELECT compact_events(${until}::bigint) AS "gone"`;
    gone += Number(row?.gone ?? 0n);
    // A transaction that is longer than the batch is removed as a whole, so the batch grows until it fits. A transaction that
    // reaches past the goal stays.
    if (row?.gone === 0n && until === goal) break;
    step = row?.gone === 0n ? step * 2n : BATCH;
    head = await readHead(prisma);
  }
  return gone;
}

async function outcome(
  prisma: Pick<Database["prisma"], "eventHead">,
  gone: number,
  archived: Archived | null,
): Promise<Compaction> {
  const { compactedRevision: revision, compactedAt: at, revision: last } = await readHead(prisma);
  return { gone, until: at && { revision, at }, head: last, archived };
}
