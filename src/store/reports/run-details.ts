import type { Viewer } from "../../domain/access/actor.js";
import type { ReportedDataset, ReportedMetric } from "../../domain/reports/reported-promotion.js";
import { fromRank } from "../../domain/tracking/metric.js";
import { sees } from "../access/visibility-sql.js";
import { indexedRows } from "../json/json-rows.js";
import type { ReportDatabase } from "./promotion-page.js";

/** How many metrics and datasets of a run a line lists. */
const METRICS_MAX = 50;
const DATASETS_MAX = 20;

/** What a line lists of a run, and how many there are. */
export interface Listed<T> {
  readonly all: number;
  readonly shown: readonly T[];
}

/** The run of a version, and that of the version before it; null for none that the viewer may see. */
interface Runs {
  readonly runId: string | null;
  readonly previousRunId: string | null;
}

interface MetricRow {
  readonly index: number;
  readonly all: number;
  readonly key: string;
  readonly datasetDigest: string | null;
  readonly rank: string;
  readonly previousRank: string | null;
}

/** The latest values of each run's metrics beside those of the run before it, in one statement. */
export async function readCurrentMetrics(db: ReportDatabase, runs: readonly Runs[]): Promise<Listed<ReportedMetric>[]> {
  const rows = await db.$queryRaw<MetricRow[]>`
    SELECT w."index", n."all", s."key", d."digest" AS "datasetDigest", s."rank"::text AS "rank",
      o."rank"::text AS "previousRank"
    FROM json_to_recordset(${indexedRows(runs)}::json) AS w("index" int, "runId" text, "previousRunId" text)
    CROSS JOIN LATERAL (SELECT count(*)::int AS "all" FROM "MetricSeries" AS c
      WHERE c."runId" = w."runId" AND c."loggedModelId" IS NULL) AS n
    CROSS JOIN LATERAL (
      SELECT l.* FROM "MetricSeries" AS l WHERE l."runId" = w."runId" AND l."loggedModelId" IS NULL
      ORDER BY l."key", l."datasetId" LIMIT ${METRICS_MAX}::int
    ) AS s
    LEFT JOIN "MetricSeries" AS o ON o."runId" = w."previousRunId" AND o."key" = s."key"
      AND o."datasetId" IS NOT DISTINCT FROM s."datasetId" AND o."loggedModelId" IS NULL
    LEFT JOIN "Dataset" AS d ON d."id" = s."datasetId"
    ORDER BY w."index", s."key", d."digest" NULLS FIRST`;
  return listed(runs, rows, ({ key, datasetDigest, rank, previousRank }) => ({
    key,
    datasetDigest,
    recorded: null,
    current: { version: toValue(rank), previous: previousRank === null ? null : toValue(previousRank) },
  }));
}

interface DatasetRow {
  readonly index: number;
  readonly all: number;
  /** Null in the one row of a run whose datasets are all deleted. */
  readonly name: string | null;
  readonly digest: string;
  readonly context: string;
}

/** The datasets that each run read, in one statement. A deleted dataset is counted and not listed. */
export async function readInputs(
  db: ReportDatabase,
  viewer: Viewer,
  runs: readonly Runs[],
): Promise<Listed<ReportedDataset>[]> {
  const rows = await db.$queryRaw<DatasetRow[]>`
    SELECT w."index", n."all", i."name", i."digest", i."context"
    FROM json_to_recordset(${indexedRows(runs)}::json) AS w("index" int, "runId" text)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS "all" FROM "LineageEdge" AS c
      WHERE c."toRunId" = w."runId" AND c."fromDatasetId" IS NOT NULL
    ) AS n
    LEFT JOIN LATERAL (
      SELECT d."name", d."digest", l."context" FROM "LineageEdge" AS l JOIN "Dataset" AS d ON d."id" = l."fromDatasetId"
      WHERE l."toRunId" = w."runId" AND ${sees("Dataset", viewer, { row: "d" })}
      ORDER BY l."id" LIMIT ${DATASETS_MAX}::int
    ) AS i ON true
    WHERE n."all" > 0`;
  return listed(runs, rows, ({ name, digest, context }) =>
    name === null ? null : { name, digest, context: context || null },
  );
}

function listed<Row extends { readonly index: number; readonly all: number }, T>(
  runs: readonly Runs[],
  rows: readonly Row[],
  toItem: (row: Row) => T | null,
): Listed<T>[] {
  const found: Row[][] = runs.map(() => []);
  for (const row of rows) found[row.index]?.push(row);
  return found.map((own) => ({
    all: own[0]?.all ?? 0,
    shown: own.map(toItem).filter((item) => item !== null),
  }));
}

function toValue(rank: string): number {
  return fromRank(BigInt(rank));
}
