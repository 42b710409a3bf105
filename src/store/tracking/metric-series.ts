import type { Viewer } from "../../domain/access/actor.js";
import { sees } from "../access/visibility-sql.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

/** The x axis of a series: steps, milliseconds since 1970, or milliseconds since the run's start. */
export type SeriesAxis = "STEP" | "TIMESTAMP" | "ELAPSED";

interface SeriesQuery {
  readonly runIds: readonly string[];
  readonly keys: readonly string[];
  readonly axis: SeriesAxis;
  readonly from: number | null;
  readonly to: number | null;
  readonly maxPoints: number;
}

/** x, step, time in milliseconds since 1970, and the rank of the value. */
export type SeriesPoint = readonly [x: number, step: number, timestamp: number, rank: string];

export interface Series {
  readonly runId: string;
  readonly key: string;
  readonly datasetId: string | null;
  readonly count: number;
  readonly points: readonly SeriesPoint[];
}

const MS = Prisma.sql`(extract(epoch FROM p."timestamp") * 1000)::bigint`;

/**
 * Reads the points of the runs' metrics for a plot, in one statement: all points of a series that has at most `maxPoints`,
 * else the first, last, least and greatest point of each of `maxPoints / 4` buckets of equal width. It reads the primary
 * key only. Ranks have the order of the values, in which NaN comes first, so NaN is never the greatest; for the least it is
 * excluded.
 */
export function readMetricSeries(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  { runIds, keys, axis, from, to, maxPoints }: SeriesQuery,
): Promise<Series[]> {
  const started = Prisma.sql`(extract(epoch FROM s."startedAt") * 1000)::bigint`;
  const x = { STEP: Prisma.sql`p."step"`, TIMESTAMP: MS, ELAPSED: Prisma.sql`${MS} - ${started}` }[axis];
  const inRange = Prisma.sql`(${from}::bigint IS NULL OR ${x} >= ${from}::bigint) AND (${to}::bigint IS NULL OR ${x} <= ${to}::bigint)`;
  const buckets = Math.max(1, Math.floor(maxPoints / 4));
  return db.$queryRaw<Series[]>`
    WITH "series" AS (
      SELECT s."id", s."runId", s."key", s."datasetId", r."startedAt"
      FROM "MetricSeries" AS s
      JOIN "Run" AS r ON r."id" = s."runId"
      JOIN "Experiment" AS x ON x."id" = r."experimentId"
      WHERE s."runId" = ANY(${runIds}::text[]) AND s."key" = ANY(${keys}::text[])
        AND s."loggedModelId" IS NULL AND ${sees("Run", viewer, { row: "r", joined: { experiment: "x" } })}
    ), "span" AS (
      SELECT s.*, n."count", n."low", n."high" FROM "series" AS s CROSS JOIN LATERAL (
        SELECT count(*)::int AS "count", min(${x}) AS "low", max(${x}) AS "high"
        FROM "MetricPoint" AS p WHERE p."seriesId" = s."id" AND ${inRange}
      ) AS n
    )
    SELECT s."runId", s."key", s."datasetId", s."count", coalesce((
      SELECT json_agg(json_build_array(k."x", k."step", k."ms", k."rank"::text) ORDER BY k."x", k."step", k."ms", k."rank")
      FROM (
        SELECT ${x} AS "x", p."step", ${MS} AS "ms", p."rank"
        FROM "MetricPoint" AS p WHERE p."seriesId" = s."id" AND s."count" <= ${maxPoints}::int AND ${inRange}
        UNION
        SELECT kept."point"[1], kept."point"[2], kept."point"[3], kept."point"[4] FROM (
          SELECT b."first", b."last", b."least"[2:4] || b."least"[1:1] AS "least", b."most"[2:4] || b."most"[1:1] AS "most" FROM (
            SELECT min(ARRAY[${x}, p."step", ${MS}, p."rank"]) AS "first", max(ARRAY[${x}, p."step", ${MS}, p."rank"]) AS "last",
              min(ARRAY[p."rank", ${x}, p."step", ${MS}]) FILTER (WHERE p."rank" > -9223372036854775807) AS "least",
              max(ARRAY[p."rank", ${x}, p."step", ${MS}]) AS "most"
            FROM "MetricPoint" AS p WHERE p."seriesId" = s."id" AND s."count" > ${maxPoints}::int AND ${inRange}
            GROUP BY least(${buckets}::int - 1, floor((${x} - s."low")::float8 * ${buckets}::int / greatest(1, s."high" - s."low")))
          ) AS b
        ) AS stretch
        CROSS JOIN LATERAL (VALUES (stretch."first"), (stretch."last"), (stretch."least"), (stretch."most")) AS kept ("point")
        WHERE kept."point" IS NOT NULL
      ) AS k
    ), '[]') AS "points"
    FROM "span" AS s
    ORDER BY array_position(${runIds}::text[], s."runId"), array_position(${keys}::text[], s."key"), s."datasetId" NULLS FIRST`;
}
