import type { SignedCheckpoint } from "../../domain/events/checkpoint.js";
import type { Fault } from "../../domain/events/log-fault.js";
import type { Link } from "./hash-chain.js";

/** Whose signatures count. */
export interface Trust {
  readonly keyId: string;
  isSigned(checkpoint: SignedCheckpoint): boolean;
}

/** The checkpoints that a trusted key says it has signed, to be held against the rows of one log. */
export function holdCheckpoints(logId: string, all: readonly SignedCheckpoint[], trust: Trust | null) {
  const own = all.filter(({ keyId }) => keyId === trust?.keyId);
  const byRevision = new Map<bigint, SignedCheckpoint[]>();
  for (const each of own) byRevision.set(each.revision, [...(byRevision.get(each.revision) ?? []), each]);

  function faultOfSignature(checkpoint: SignedCheckpoint): Fault | null {
    const { revision, at } = checkpoint;
    if (Number.isNaN(at.getTime()) || !trust?.isSigned(checkpoint)) {
      return { revision, says: "has a checkpoint whose signature is not that of its key" };
    }
    if (checkpoint.logId === logId) return null;
    return { revision, says: "is of another log than the one that was signed" };
  }

  return {
    /** Other keys than the trusted one that have signed some. */
    foreign: [...new Set(all.flatMap(({ keyId }) => (keyId === trust?.keyId ? [] : [keyId])))],
    faultAt({ revision, hash }: Link): Fault | null {
      for (const checkpoint of byRevision.get(revision) ?? []) {
        const forged = faultOfSignature(checkpoint);
        if (forged) return forged;
        if (checkpoint.hash === hash) continue;
        const signedOn = checkpoint.at.toISOString();
        return { revision, says: `is not what was signed on ${signedOn}: the log up to here was rewritten` };
      }
      return null;
    },
    /**
     * Who takes events out of the log signs it before: without leave, they were removed, if nobody answers for them.
     */
    faultOfBase({ revision, hash }: Link, isAnsweredFor: boolean): Fault | null {
      if (revision === 0n || !trust) return null;
      const leave = own.filter((each) => each.purpose === "COMPACTION" && each.revision >= revision);
      const forged = leave.map(faultOfSignature).find((fault) => fault !== null);
      if (forged) return forged;
      const exact = leave.find((each) => each.revision === revision);
      if (exact && exact.hash !== hash) return { revision, says: "is not what was signed when it left the log" };
      if (leave.length > 0 || isAnsweredFor) return null;
      return { revision, says: `and all before it are gone, and the key ${trust.keyId} has signed no leave for that` };
    },
    /** A checkpoint beyond the head bears witness of what was cut off. */
    faultBeyond(head: bigint): Fault | null {
      const beyond = own.find(({ revision }) => revision > head);
      if (!beyond) return null;
      const { revision, at } = beyond;
      const says = `to ${revision} were cut off: revision ${revision} was signed on ${at.toISOString()}`;
      return faultOfSignature(beyond) ?? { revision: head + 1n, says };
    },
    /** The newest of this log that stands beyond a revision. */
    newestBeyond(revision: bigint): bigint | null {
      return newestOf(own.filter((each) => each.revision > revision && faultOfSignature(each) === null));
    },
    /** The newest that stands at one of these revisions. */
    newest(from: bigint, to: bigint): bigint | null {
      return newestOf(own.filter(({ revision }) => revision >= from && revision <= to));
    },
  };
}

function newestOf(checkpoints: readonly SignedCheckpoint[]): bigint | null {
  return checkpoints.reduce<bigint | null>((most, { revision }) => (revision > (most ?? -1n) ? revision : most), null);
}
