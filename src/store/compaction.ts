import { readHead } from "./event-log.js";
import type { PrismaClient } from "./generated/client.js";

/** Each batch is a transaction that holds the head: writers wait for it, so it is small. */
const BATCH = 5_000n;

export interface Compaction {
  /** How many events left the log. */
  readonly gone: number;
  /** The newest of all that have left it. */
  readonly until: { readonly revision: bigint; readonly at: Date } | null;
  readonly head: bigint;
}

/**
 * Takes the events before a time out of the log, oldest first, whole transactions of them. What a webhook has not come to
 * yet stays.
 */
export async function compactLog(
  prisma: Pick<PrismaClient, "event" | "eventHead" | "$queryRaw">,
  before: Date,
): Promise<Compaction> {
  const newest = await prisma.event.findFirst({
    where: { at: { lt: before } },
    orderBy: { revision: "desc" },
    select: { revision: true },
  });
  const goal = newest?.revision ?? 0n;
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
  const { compactedRevision: revision, compactedAt: at, revision: last } = await readHead(prisma);
  return { gone, until: at && { revision, at }, head: last };
}
