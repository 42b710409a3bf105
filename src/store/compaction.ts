import type { Fault } from "../domain/audit.js";
import { hexOf } from "../domain/cursor.js";
import { verifyLog } from "./audit-verify.js";
import { keepCheckpoint, readCheckpointFile, type Signer } from "./checkpoints.js";
import type { Database } from "./database.js";
import { readHead } from "./event-log.js";

/** Each batch is a transaction that holds the head: writers wait for it, so it is small. */
const BATCH = 5_000n;

export interface CompactionOptions {
  readonly before: Date;
  /** Signs the leave to compact, so that it can be told from a removal. */
  readonly key: Signer;
  /** The file that checkpoints are kept in, outside of the database. */
  readonly file: string;
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
  { before, key, file }: CompactionOptions,
): Promise<Compaction> {
  const goal = await prisma.event.findFirst({
    where: { at: { lt: before } },
    orderBy: { revision: "desc" },
    select: { revision: true, hash: true },
  });
  if (!goal) return outcome(prisma, 0);
  const kept = (await readCheckpointFile(file, () => undefined)) ?? [];
  const { fault } = await verifyLog(pool, { to: goal.revision, trust: key, kept });
  if (fault) throw new TamperedLogError(fault);
  const { logId } = await readHead(prisma);
  const place = { logId, revision: goal.revision, hash: hexOf(goal.hash) };
  await keepCheckpoint(prisma, file, key.sign({ purpose: "COMPACTION", ...place, at: before }));
  return outcome(prisma, await removeUpTo(prisma, goal.revision));
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
