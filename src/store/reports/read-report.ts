import type { Viewer } from "../../domain/access/actor.js";
import { visibleResults } from "../../domain/governance/evidence-visibility.js";
import { notesOf } from "../../domain/reports/notes.js";
import { joinMetrics, recordedMetrics } from "../../domain/reports/recorded-metrics.js";
import type { ReportFilter } from "../../domain/reports/report-filter.js";
import type {
  OverrideReview,
  ReportedDataset,
  ReportedMetric,
  ReportedPromotion,
  ReportedReview,
  Served,
} from "../../domain/reports/reported-promotion.js";
import { matchesAnyGlob } from "../../domain/values/glob.js";
import { type ReportDatabase, type ReportRange, selectPage } from "./promotion-page.js";
import { type PromotionRow, readPromotionRows } from "./promotion-rows.js";
import { readReviews } from "./reviews.js";
import { type Listed, readCurrentMetrics, readInputs } from "./run-details.js";

export interface ReportPage {
  readonly lines: readonly ReportedPromotion[];
  /** Whether there are fewer than the limit, although more follow: their decisions are very large. At least two are read. */
  readonly isCut: boolean;
}

/**
 * Reads the promotions of a page that the viewer may see, in order, in a number of statements that does not depend on how
 * many they are.
 */
export async function readReport(
  db: ReportDatabase,
  viewer: Viewer,
  filter: ReportFilter,
  range: ReportRange,
): Promise<ReportPage> {
  const page = await selectPage(db, viewer, filter, range);
  const rows = await readPromotionRows(db, viewer, page, range.newestFirst);
  const runs = rows.map(({ runId, previousRunId }) => ({ runId, previousRunId }));
  const metrics = await readCurrentMetrics(db, runs);
  const datasets = await readInputs(db, viewer, runs);
  const reviews = await readReviews(
    db,
    rows.flatMap(({ request }) => request?.id ?? []),
  );
  const lines = rows.map((row, index) =>
    toLine(viewer, row, {
      metrics: metrics[index] ?? NONE,
      datasets: datasets[index] ?? NONE,
      reviews: reviews.get(row.request?.id ?? "") ?? [],
    }),
  );
  return { lines, isCut: rows.length < (rows[0]?.found ?? 0) };
}

const NONE = { all: 0, shown: [] } as const;

interface Details {
  readonly metrics: Listed<ReportedMetric>;
  readonly datasets: Listed<ReportedDataset>;
  readonly reviews: readonly ReportedReview[];
}

function toLine(viewer: Viewer, row: PromotionRow, { metrics, datasets, reviews }: Details): ReportedPromotion {
  const {
    found: _found,
    hasRun,
    previousRunId,
    hasPreviousRun,
    until,
    state,
    hash,
    left,
    next,
    request,
    ...columns
  } = row;
  const isNameShown = row.modelName !== null && matchesAnyGlob(viewer.modelGlobs, row.modelName);
  const recorded = row.decision?.rules ?? [];
  const shown = visibleResults(viewer, recorded);
  const known = recordedMetrics(shown);
  const isRunShown = row.runId !== null;
  const line = {
    ...columns,
    modelName: isNameShown ? row.modelName : null,
    decision: row.decision && { ...row.decision, rules: shown, overrideReview: reviewOf(row.decision) },
    request: request && { ...request, createdAt: new Date(request.createdAt), reviews },
    metrics: isRunShown || known.length > 0 ? joinMetrics(known, metrics.shown) : null,
    datasets: isRunShown ? datasets.shown : null,
    served: servedOf(row.at, until),
    left: left && until && { ...left, revision: BigInt(left.revision), at: new Date(left.at) },
    next: next && { ...next, revision: BigInt(next.revision), at: new Date(next.at) },
    proof: { state, hash },
  };
  const name = isNameShown ? "SHOWN" : row.modelName === null ? "UNKNOWN" : "HIDDEN";
  const notes = notesOf({
    line,
    rules: row.decision && { recorded, shown },
    name,
    run: isRunShown ? "SHOWN" : hasRun ? "HIDDEN" : "NONE",
    isPreviousRunHidden: isRunShown && hasPreviousRun && previousRunId === null,
    metrics: { all: metrics.all, shown: metrics.shown.length },
    datasets: { all: datasets.all, shown: datasets.shown.length },
  });
  return { ...line, notes };
}

function servedOf(from: Date, until: Date | null): Served {
  return { from, until, seconds: until && (until.getTime() - from.getTime()) / 1_000 };
}

function reviewOf({ overrideReview: review }: NonNullable<PromotionRow["decision"]>): OverrideReview | null {
  return review && { ...review, at: new Date(review.at) };
}
