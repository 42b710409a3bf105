import { z } from "zod";
import { FILTER_SCOPE, holdsScope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { InvalidInputError } from "../../domain/errors.js";
import { type MetricPoint, readMetricPoints } from "../../store/tracking/metric-points.js";
import { readMetricSeries } from "../../store/tracking/metric-series.js";
import type { Context } from "../kit/context.js";
import { ofRun, optional, required, texts } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { decodePageToken, encodePageToken } from "../search/page-token.js";
import { toMetric } from "./metric-value.js";

/** About how many characters one value takes. */
const POINT_CHARACTERS = 100;
/** MLflow's own limits of get-history-bulk-interval. */
const MAX_RUNS = 100;
const MAX_POINTS = 2_500;

const ORDER = [
  { by: "timestamp", direction: "asc", kind: "time" },
  { by: "step", direction: "asc", kind: "bigint" },
  { by: "rank", direction: "asc", kind: "bigint" },
] as const;

const pageSize = z
  .preprocess(
    (value) => (typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    z.int().superRefine((value, context) => {
      if (value > 0) return;
      const message = `Invalid value ${value} for parameter 'max_results' supplied. It must be a positive integer.`;
      context.addIssue({ code: "custom", message });
    }),
  )
  .optional();

interface HistoryRequest {
  readonly run_id: string;
  readonly metric_key: string;
  readonly max_results?: number | undefined;
  readonly page_token?: string | undefined;
}

/** All values of a metric, or a page of them. Without `max_results` a client expects no second page. */
async function readHistory(context: Context, request: HistoryRequest) {
  const { run_id: runId, metric_key: key, max_results: wanted } = request;
  const { db, viewer, answerCharacters } = context;
  const most = Math.max(1, Math.floor(answerCharacters / POINT_CHARACTERS));
  const size = Math.min(wanted ?? most, most);
  const owner = { list: "metric-history", filter: JSON.stringify([runId, key]), order: ORDER };
  const after = toPoint(decodePageToken(owner, request.page_token));
  const seesDeleted = holdsScope(viewer.scopes, FILTER_SCOPE["deleted: ONLY of runs"]);
  const found = await readMetricPoints(db, viewer, { runId, key, after, limit: size + 1 }, seesDeleted);
  const page = found.slice(0, size);
  const last = found.length > size ? page.at(-1) : undefined;
  if (last && wanted === undefined) {
    throw new InvalidInputError(
      "max_results",
      `The metric has more than ${size} values, which one answer does not hold. Ask for pages with max_results.`,
    );
  }
  return {
    ...(page.length > 0 ? { metrics: page.map((point) => toMetric(key, point)) } : {}),
    ...(last ? { next_page_token: encodePageToken(owner, toKey(last)) } : {}),
  };
}

function toKey({ timestamp, step, rank }: MetricPoint) {
  return [timestamp.getTime(), String(step), String(rank)];
}

function toPoint(key: readonly (string | number)[] | null): MetricPoint | null {
  if (key === null) return null;
  const [timestamp = 0, step = 0, rank = 0] = key;
  return { timestamp: new Date(timestamp), step: BigInt(step), rank: BigInt(rank) };
}

interface IntervalRequest {
  readonly run_ids: readonly string[];
  readonly metric_key: string;
  readonly max_results?: number | undefined;
}

/** Points for a chart: all of a short series, else the first, last, least and greatest of each of equal stretches of steps. */
async function readInterval(
  { db, viewer }: Context,
  { run_ids: runIds, metric_key: key, ...request }: IntervalRequest,
) {
  if (runIds.length > MAX_RUNS) {
    throw new InvalidInputError(
      "run_ids",
      `GetMetricHistoryBulkInterval request must specify at most ${MAX_RUNS} run_ids.`,
    );
  }
  const maxPoints = Math.min(request.max_results ?? MAX_POINTS, MAX_POINTS);
  const series = await readMetricSeries(db, viewer, {
    runIds,
    keys: [key],
    axis: "STEP",
    from: null,
    to: null,
    maxPoints,
  });
  const metrics = series.flatMap(({ runId, points }) =>
    points.map(([, step, timestamp, rank]) => ({
      ...toMetric(key, { timestamp: new Date(timestamp), step: BigInt(step), rank: BigInt(rank) }),
      run_id: runId,
    })),
  );
  return metrics.length > 0 ? { metrics } : {};
}

export const historyRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/metrics/get-history",
    request: ofRun({ metric_key: required, max_results: pageSize, page_token: optional }),
    scopes: [TYPE_SCOPE.Run],
    points: ({ max_results = 25_000 }) => 20 + Math.min(max_results, 25_000) / 100,
    run: readHistory,
  }),
  route({
    method: "GET",
    path: "/metrics/get-history-bulk-interval",
    request: z.object({ run_ids: texts.pipe(z.array(z.string()).min(1)), metric_key: required, max_results: pageSize }),
    scopes: [TYPE_SCOPE.Run],
    points: ({ run_ids }) => 20 + 10 * run_ids.length,
    run: readInterval,
  }),
];
