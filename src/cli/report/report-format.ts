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
