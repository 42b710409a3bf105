import { join } from "node:path";
import type pg from "pg";
import { ArchiveError, type ArchiveFault, inFile } from "./archive-fault.js";
import { listArchive } from "./archive-folder.js";
import { type ArchiveRange, joinArchive } from "./archive-join.js";
import { type SegmentEnds, walkSegment } from "./archive-segment.js";
import { readStoredHead, withSnapshot } from "./audit-rows.js";
import type { Verification, VerifyOptions } from "./audit-verify.js";
import { CheckpointCheck, type TrustedKey } from "./checkpoint-check.js";
import type { ChainLink } from "./hash-chain.js";

export interface ArchiveVerification extends Omit<Verification, "fault"> {
  readonly fault: ArchiveFault | null;
  /** How many segments were walked to their ends. */
  readonly segments: number;
  /** What interrupted compactions left. */
  readonly drafts: readonly string[];
  /** What was walked; null if there is a fault. */
  readonly range: ArchiveRange | null;
}

type Trust = Pick<VerifyOptions, "trust" | "kept">;

/**
 * Walks all segments of an archive in order: every hash, every signature of the trusted key, and that each segment follows
 * from the one before it. Holds one event at a time. Throws an ArchiveError if there is no segment.
 */
export async function verifyArchive(folder: string, { trust, kept }: Trust): Promise<ArchiveVerification> {
  const { segments: names, drafts, fault: foreign } = await listArchive(folder);
  if (names.length === 0 && !foreign) throw new ArchiveError(`The archive ${folder} has no segment.`);
  const walk = new ArchiveWalk(trust, kept);
  let fault = foreign;
  for (const name of names) fault ??= await walk.segment(join(folder, name));
  return { ...walk.outcome(fault), drafts };
}

/** That the log of a database continues from an archive, without a gap. Throws an ArchiveError if it does not. */
export function verifyJoin(pool: pg.Pool, archive: ArchiveRange, folder: string): Promise<ChainLink> {
  return withSnapshot(pool, async (client) => joinArchive(client, await readStoredHead(client), archive, folder));
}

class ArchiveWalk {
  private readonly trust: TrustedKey | null;
  private readonly kept: VerifyOptions["kept"];
  private check: CheckpointCheck | null = null;
  private first: SegmentEnds | null = null;
  private end: ChainLink = { revision: 0n, hash: "" };
  private segments = 0;
  private signed: bigint | null = null;
  /** The segments that another key signed and that no later checkpoint of the trusted key proves. */
  private unproven: SegmentEnds[] = [];
  private readonly foreign = new Set<string>();

  constructor(trust: TrustedKey | null, kept: VerifyOptions["kept"]) {
    this.trust = trust;
    this.kept = kept;
  }

  async segment(path: string): Promise<ArchiveFault | null> {
    const previous = this.first && { logId: this.first.logId, end: this.end };
    const { trust, kept } = this;
    const found = await walkSegment(path, previous, (link, logId) => {
      this.check ??= new CheckpointCheck(logId, kept, trust);
      return this.check.faultAt(link);
    });
    if (found.fault) return found.fault;
    const { ends, end } = found;
    this.first ??= ends;
    this.end = end;
    this.segments++;
    return this.addSignature(ends);
  }

  private addSignature(ends: SegmentEnds): ArchiveFault | null {
    const { file, checkpoint } = ends;
    const { revision, keyId } = checkpoint;
    if (keyId !== this.trust?.keyId) {
      this.foreign.add(keyId);
      this.unproven.push(ends);
      return null;
    }
    if (!this.trust.isSigned(checkpoint))
      return inFile(file, { revision, text: "has a checkpoint whose signature is not valid" });
    this.signed = revision;
    this.unproven = [];
    return null;
  }

  outcome(found: ArchiveFault | null): Omit<ArchiveVerification, "drafts"> {
    const { first, end, check, segments } = this;
    const fault = found ?? this.faultOfKey();
    const start = first?.start ?? end;
    const within = check?.newestWithin(start.revision, end.revision) ?? null;
    const signed = within !== null && within > (this.signed ?? -1n) ? within : this.signed;
    return {
      fault,
      segments,
      walked: { from: start.revision + 1n, to: end.revision, hash: end.hash },
      signed,
      beyond: check?.newestAfter(end.revision) ?? null,
      foreign: [...new Set([...this.foreign, ...(check?.foreignKeys ?? [])])],
      range: first && !fault ? { logId: first.logId, start, end } : null,
    };
  }

  private faultOfKey(): ArchiveFault | null {
    const [ends] = this.unproven;
    if (!this.trust || !ends) return null;
    const { file, checkpoint } = ends;
    const { revision, keyId } = checkpoint;
    return inFile(file, {
      revision,
      text: `is signed with the key ${keyId}, and not with the key ${this.trust.keyId}`,
    });
  }
}
