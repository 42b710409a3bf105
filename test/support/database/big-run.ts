import type pg from "pg";

export interface RunSize {
  readonly metrics: number;
  /** How many of the metrics have a long curve. The others have one value. */
  readonly longCurves: number;
  readonly points: number;
}

/** Metrics `m-001`, `m-002` … for a run that has none: curves that fall from 1 to 1/points. */
export async function fillBigRun(pool: pg.Pool, run: string, size: RunSize): Promise<void> {
  const lengths = `CASE WHEN n <= ${size.longCurves} THEN ${size.points} ELSE 1 END`;
  await pool.query(
    `INSERT INTO "MetricSeries" ("runId", "key", "step", "timestamp", "rank")
     SELECT $1, 'm-' || lpad(n::text, ${String(size.metrics).length}, '0'), length - 1, now(), metric_rank(1.0 / length)
     FROM (SELECT n, ${lengths} AS length FROM generate_series(1, ${size.metrics}) AS n) AS sized`,
    [run],
  );
  await pool.query(
    `INSERT INTO "MetricPoint" ("seriesId", "step", "timestamp", "rank")
     SELECT s."id", n, s."timestamp" - (s."step" - n) * interval '1 ms', metric_rank(1.0 / (n + 1))
     FROM "MetricSeries" AS s, generate_series(0, s."step") AS n WHERE s."runId" = $1`,
    [run],
  );
  await pool.query(`VACUUM ANALYZE "MetricSeries", "MetricPoint"`);
}
