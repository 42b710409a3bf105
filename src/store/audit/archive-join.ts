import { ArchiveError } from "./archive-fault.js";
import { type Archive, endOf } from "./archive-folder.js";
import { readStoredHash, type StoredHead } from "./audit-rows.js";
import { baseOf } from "./audit-verify.js";
import type { ChainLink } from "./hash-chain.js";

type Client = Parameters<typeof readStoredHash>[0];

/** The revisions of an archive: the link that its first event follows from, and its last event. */
export interface ArchiveRange {
  readonly logId: string;
  readonly start: ChainLink;
  readonly end: ChainLink;
}

export function rangeOf({ segments }: Archive): ArchiveRange | null {
  const [first, last] = [segments[0], segments.at(-1)];
  return first && last ? { logId: first.logId, start: first.start, end: endOf(last) } : null;
}

/**
 * The link at which a log continues its archive. The archive may reach into the log, if a compaction was interrupted before
 * it removed what it had archived. Throws an ArchiveError if the two do not join.
 */
export async function joinArchive(
  client: Client,
  head: StoredHead,
  archive: ArchiveRange | null,
  folder: string,
): Promise<ChainLink> {
  const base = baseOf(head);
  if (!archive) return base;
  const { logId, start, end } = archive;
  const refuse = (why: string) => new ArchiveError(`The archive ${folder} does not join this log: ${why}`);
  if (logId !== head.logId) throw refuse(`it is of the log ${logId}, and this is the log ${head.logId}.`);
  if (end.revision < base.revision)
    throw refuse(
      `it ends at revision ${end.revision}, and revisions ${end.revision + 1n} to ${base.revision} left the log without it.`,
    );
  if (end.revision > head.revision)
    throw refuse(`it ends at revision ${end.revision}, and the log at ${head.revision}, as if it had been restored.`);
  if (start.revision > base.revision)
    throw refuse(
      `it begins at revision ${start.revision + 1n}, and the log holds revisions from ${base.revision + 1n}.`,
    );
  const hash = end.revision === base.revision ? base.hash : await readStoredHash(client, end.revision);
  if (hash !== end.hash) throw refuse(`revision ${end.revision} is another event in the log than in the archive.`);
  return end;
}
