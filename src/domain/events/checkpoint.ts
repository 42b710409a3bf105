/** What a signature says of a place in the log: that it was reached, or that all up to it may be taken out of the log. */
export const CHECKPOINT_PURPOSES = ["HEAD", "COMPACTION"] as const;
export type CheckpointPurpose = (typeof CHECKPOINT_PURPOSES)[number];

/** A place in the log that a key signs. */
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

/** Never the same bytes for two purposes: else who has signed heads could pass them for leave to compact. */
const TEXT_KIND = {
  HEAD: "shelfmark-checkpoint-v1",
  COMPACTION: "shelfmark-compaction-v1",
} as const satisfies Record<CheckpointPurpose, string>;

/** The text that is signed, byte for byte. */
export function checkpointText({ purpose, logId, revision, hash, at }: Checkpoint): string {
  return `${TEXT_KIND[purpose]}\n${logId}\n${revision}\n${hash}\n${at.toISOString()}\n`;
}
