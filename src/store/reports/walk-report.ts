import type { Viewer } from "../../domain/access/actor.js";
import type { ReportFilter } from "../../domain/reports/report-filter.js";
import type { ReportedPromotion } from "../../domain/reports/reported-promotion.js";
import type { ReportDatabase } from "./promotion-page.js";
import { type ReportPage, readReport } from "./read-report.js";

const PAGE = 500;

/**
 * Reads a report up to a revision, the oldest promotions first, holding one page of it in memory. What is promoted meanwhile
 * has a later revision.
 */
export async function* walkReport(
  db: ReportDatabase,
  viewer: Viewer,
  filter: ReportFilter,
  upTo: bigint,
): AsyncGenerator<ReportedPromotion, void, undefined> {
  for (let after: bigint | null = null; ; ) {
    const { lines, isCut }: ReportPage = await readReport(db, viewer, filter, {
      after,
      before: upTo + 1n,
      newestFirst: false,
      limit: PAGE,
    });
    yield* lines;
    const last = lines.at(-1);
    if (!last || (lines.length < PAGE && !isCut)) return;
    after = last.revision;
  }
}
