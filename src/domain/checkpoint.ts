/** A place in the log that a key signs. */
export interface Checkpoint {
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

/** The text that is signed, byte for byte. */
export function checkpointText({ logId, revision, hash, at }: Checkpoint): string {
  return `shelfmark-checkpoint-v1\n${logId}\n${revision}\n${hash}\n${at.toISOString()}\n`;
}
