/** What a signature states about a position in the log: that the log reached it, or that all events up to it may be compacted. */
export const CHECKPOINT_PURPOSES = ["HEAD", "COMPACTION"] as const;
export type CheckpointPurpose = (typeof CHECKPOINT_PURPOSES)[number];

/** A position in the log that a key signs. */
export interface Checkpoint {
  readonly purpose: CheckpointPurpose;
  readonly logId: string;
  readonly revision: bigint;
  /** The hash of the event of this revision, in hexadecimal digits. */
  readonly hash: string;
  readonly at: Date;
}

export interface SignedCheckpoint extends Checkpoint {
  readonly keyId: string;
  /** In base64. */
  readonly signature: string;
}

/** Differs by purpose, so that nobody can present a signed head as a permission to compact. */
const TEXT_KIND = {
  HEAD: "shelfmark-checkpoint-v1",
  COMPACTION: "shelfmark-compaction-v1",
} as const satisfies Record<CheckpointPurpose, string>;

/** The text that is signed, byte for byte. */
export function checkpointText({ purpose, logId, revision, hash, at }: Checkpoint): string {
  return `${TEXT_KIND[purpose]}\n${logId}\n${revision}\n${hash}\n${at.toISOString()}\n`;
}
