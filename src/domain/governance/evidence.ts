import type { Author } from "../access/author.js";

/** What a rule looked at. METRIC, RUN and DATASET require `runs:read`. */
export const EVIDENCE_KINDS = [
  "METRIC",
  "RUN",
  "DATASET",
  "TAG",
  "CHECK",
  "STAY",
  "HOLDER",
  "FIELD",
  "REASON",
  "APPROVAL",
  "TIME",
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** Who wrote what a rule looked at, as the decision keeps it. */
export type EvidenceAuthor = Pick<Author, "issuer" | "subject" | "name" | "kind">;

/**
 * One thing that a rule looked at, as it was then. It is JSON, since it stands in the hashed body of the event: times are
 * RFC 3339, and a metric's value that is no JSON number is the text NaN, Infinity or -Infinity.
 */
export type Evidence = {
  readonly kind: EvidenceKind;
  /** For people, with the value: `accuracy = 0.93 at step 10`. */
  readonly summary: string;
  /** The key of the metric or tag, the name of the check, or the name of the field. */
  readonly key?: string;
  readonly value?: string | number | boolean;
  /** When it was written, measured or reached. */
  readonly at?: string;
  /** The version that it is about; absent if that is the promoted version. */
  readonly versionNumber?: number;
  readonly runId?: string;
  /** The name of the run's experiment, by which claims cover the run. */
  readonly experimentName?: string;
  readonly datasetDigest?: string;
  readonly checkId?: string;
  /** Null if it is not known. */
  readonly author?: EvidenceAuthor | null;
};

export function evidenceAuthor(author: Author | null): EvidenceAuthor | null {
  return author && { issuer: author.issuer, subject: author.subject, name: author.name, kind: author.kind };
}
