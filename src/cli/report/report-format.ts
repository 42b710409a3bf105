import type { ReportFilter } from "../../domain/reports/report-filter.js";
import type { ReportedPromotion } from "../../domain/reports/reported-promotion.js";

/** What a report begins with: which registry it is of, what it lists, and what it can be verified against. */
export interface ReportHead {
  readonly logId: string;
  readonly madeAt: Date;
  readonly filter: ReportFilter;
  /** The newest event when the report was begun. */
  readonly revision: bigint;
  readonly hash: string;
  readonly at: Date;
  /** The newest event that was compacted; 0 = none. */
  readonly compactedRevision: bigint;
}

export const FORMAT_NAMES = ["json", "csv", "md"] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** Writes a report as lines of text. */
export interface ReportFormat {
  head(head: ReportHead): readonly string[];
  promotion(promotion: ReportedPromotion): readonly string[];
  end(count: number): readonly string[];
}

export const VERIFY_SENTENCES = [
  "Each promotion names the revision and the hash of its event. Run `shelfmark audit verify` on this registry: it proves that the events are those that were written, and prints the hash of the head, which must be the one above if nothing was written since.",
  "What the event holds is proven by it: who, when, why, from which stage, the policies and the rules with their evidence, and the override. Everything else is read from other tables when the report is made: how long a version served, which version was there before, the request and its reviews, who acknowledged an override, metrics as of now, and datasets.",
  "After `shelfmark events compact` the registry no longer has the event. The proof is then the archived segment that holds its revision: `shelfmark audit verify --file ARCHIVE --log`.",
];
