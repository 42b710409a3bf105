import type { Fault } from "../../domain/events/log-fault.js";
import type { Database } from "../connection/database.js";
import { readHead } from "../events/event-log.js";
import { baseOf, type LogVerification, verifyLog } from "./audit-verify.js";
import { keepCheckpoint, readCheckpointFile, type Signer } from "./checkpoints.js";
import type { Link } from "./hash-chain.js";

/** Each batch is a transaction that holds the head: writers wait for it, so it is small. */
const BATCH = 5_000n;

export interface CompactionOptions {
  readonly before: Date;
  /** Signs the leave to compact, so that it can be told from a removal. */
  readonly key: Signer;
  /** The file that checkpoints are kept in, outside of the database. */
  readonly file: string;
  /** Signs also for what left the log without a leave of this key, as under an earlier version or another key. */
  readonly acceptEarlier?: boolean | undefined;
}

export interface Compaction {
  /** How many events left the log. */
  readonly gone: number;
  /** The newest of all that have left it. */
  readonly until: { readonly revision: bigint; readonly at: Date } | null;
  readonly head: bigint;
}

/** What was to leave the log had been tampered with, so it stays, as evidence. */
export class TamperedLogError extends Error {
  override readonly name = "TamperedLogError";
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.says);
    this.fault = fault;
  }
}

/**
 * Takes the events before a time out of the log, oldest first, whole transactions of them, once they are found whole and
 * the leave is signed. What a webhook has not come to yet stays.
 */
export async function compactLog(
  { prisma, pool }: Pick<Database, "prisma" | "pool">,
  { before, key, file, acceptEarlier }: CompactionOptions,
): Promise<Compaction> {
  const kept = (await readCheckpointFile(file, () => undefined)) ?? [];
  const sign = async ({ head }: LogVerification, { revision, hash }: Link) => {
    const { logId } = head;
    await keepCheckpoint(prisma, file, key.sign({ purpose: "COMPACTION", logId, revision, hash, at: before }));
  };
  const verify = async (more: { to?: bigint; acceptBase?: boolean }) => {
    const verified = await verifyLog(pool, { trust: key, kept, ...more });
    if (verified.fault) throw new TamperedLogError(verified.fault);
    return verified;
  };
  if (acceptEarlier) {
    const verified = await verify({ acceptBase: true });
    if (verified.head.compactedRevision > 0n) await sign(verified, baseOf(verified.head));
  }
  const goal = await findGoal(prisma, before);
  if (goal === null) return outcome(prisma, 0);
  const verified = await verify({ to: goal });
  // another process may have taken it out since
  if (goal <= verified.head.compactedRevision) return outcome(prisma, 0);
  await sign(verified, { revision: goal, hash: verified.walked.hash });
  return outcome(prisma, await removeUpTo(prisma, goal));
}

/** The newest event before a time, or that the slowest webhook has read: no leave is signed for what is to stay. */
async function findGoal(prisma: Pick<Database["prisma"], "event" | "webhook">, before: Date): Promise<bigint | null> {
  const { _min } = await prisma.webhook.aggregate({
    where: { deletedAt: null, disabledAt: null },
    _min: { position: true },
  });
  const revision = _min.position === null ? {} : { revision: { lte: _min.position } };
  const where = { at: { lt: before }, ...revision };
  const goal = await prisma.event.findFirst({ where, orderBy: { revision: "desc" }, select: { revision: true } });
  return goal?.revision ?? null;
}

async function removeUpTo(prisma: Pick<Database["prisma"], "eventHead" | "$queryRaw">, goal: bigint): Promise<number> {
  let gone = 0;
  for (let head = await readHead(prisma), step = BATCH; head.compactedRevision < goal; ) {
    const until = head.compactedRevision + step < goal ? head.compactedRevision + step : goal;
    const [row] = await prisma.$queryRaw<{ gone: bigint }[]>`SELECT compact_events(${until}::bigint) AS "gone"`;
    gone += Number(row?.gone ?? 0n);
    // a transaction that is longer than the batch leaves as a whole; one that reaches past the time, and what a webhook has
    // not read, stay
    if (row?.gone === 0n && until === goal) break;
    step = row?.gone === 0n ? step * 2n : BATCH;
    head = await readHead(prisma);
  }
  return gone;
}

async function outcome(prisma: Pick<Database["prisma"], "eventHead">, gone: number): Promise<Compaction> {
  const { compactedRevision: revision, compactedAt: at, revision: last } = await readHead(prisma);
  return { gone, until: at && { revision, at }, head: last };
}
