import type { SignedCheckpoint } from "../../domain/events/checkpoint.js";
import type { Fault } from "../../domain/events/log-fault.js";
import type { ChainLink } from "./hash-chain.js";

/** The key whose signatures count. */
export interface TrustedKey {
  readonly keyId: string;
  isSigned(checkpoint: SignedCheckpoint): boolean;
}

/** Checks one log against the checkpoints of the trusted key. */
export class CheckpointCheck {
  /** The ids of other keys that have signed checkpoints. */
  readonly foreignKeys: readonly string[];
  private readonly logId: string;
  private readonly trustedKey: TrustedKey | null;
  private readonly trusted: readonly SignedCheckpoint[];
  private readonly byRevision = new Map<bigint, SignedCheckpoint[]>();

  constructor(logId: string, checkpoints: readonly SignedCheckpoint[], trustedKey: TrustedKey | null) {
    this.logId = logId;
    this.trustedKey = trustedKey;
    this.trusted = checkpoints.filter(({ keyId }) => keyId === trustedKey?.keyId);
    for (const each of this.trusted)
      this.byRevision.set(each.revision, [...(this.byRevision.get(each.revision) ?? []), each]);
    const foreign = checkpoints.filter(({ keyId }) => keyId !== trustedKey?.keyId);
    this.foreignKeys = [...new Set(foreign.map(({ keyId }) => keyId))];
  }

  /** The event of a link must be what was signed. */
  faultAt({ revision, hash }: ChainLink): Fault | null {
    for (const checkpoint of this.byRevision.get(revision) ?? []) {
      const forged = this.faultOfSignature(checkpoint);
      if (forged) return forged;
      if (checkpoint.hash === hash) continue;
      const signedOn = checkpoint.at.toISOString();
      return { revision, text: `is not what was signed on ${signedOn}: the log up to here was rewritten` };
    }
    return null;
  }

  /**
   * A compaction must be signed before events leave the log. Without a signature the events were removed, unless the
   * operator accepts the unsigned compaction.
   */
  faultOfBase({ revision, hash }: ChainLink, isAccepted: boolean): Fault | null {
    if (revision === 0n || !this.trustedKey) return null;
    const signed = this.trusted.filter((each) => each.purpose === "COMPACTION" && each.revision >= revision);
    const forged = signed.map((each) => this.faultOfSignature(each)).find((fault) => fault !== null);
    if (forged) return forged;
    const exact = signed.find((each) => each.revision === revision);
    if (exact && exact.hash !== hash) return { revision, text: "is not what was signed when it was compacted" };
    if (signed.length > 0 || isAccepted) return null;
    const { keyId } = this.trustedKey;
    return { revision, text: `and all before it are missing, and the key ${keyId} has signed no compaction of them` };
  }

  /** A checkpoint after the head proves that events were cut off. */
  faultAfter(head: bigint): Fault | null {
    const later = this.trusted.find(({ revision }) => revision > head);
    if (!later) return null;
    const { revision, at } = later;
    const text = `to ${revision} were cut off: revision ${revision} was signed on ${at.toISOString()}`;
    return this.faultOfSignature(later) ?? { revision: head + 1n, text };
  }

  /** The newest revision after the given one that has a genuine checkpoint of this log. */
  newestAfter(revision: bigint): bigint | null {
    return newestOf(this.trusted.filter((each) => each.revision > revision && this.faultOfSignature(each) === null));
  }

  /** The newest revision within a range that has a checkpoint. */
  newestWithin(from: bigint, to: bigint): bigint | null {
    return newestOf(this.trusted.filter(({ revision }) => revision >= from && revision <= to));
  }

  private faultOfSignature(checkpoint: SignedCheckpoint): Fault | null {
    const { revision, at } = checkpoint;
    if (Number.isNaN(at.getTime()) || !this.trustedKey?.isSigned(checkpoint)) {
      return { revision, text: "has a checkpoint whose signature is not valid" };
    }
    if (checkpoint.logId === this.logId) return null;
    return { revision, text: "is of another log than the one that was signed" };
  }
}

function newestOf(checkpoints: readonly SignedCheckpoint[]): bigint | null {
  return checkpoints.reduce<bigint | null>(
    (newest, { revision }) => (revision > (newest ?? -1n) ? revision : newest),
    null,
  );
}
