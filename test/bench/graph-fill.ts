import type pg from "pg";
import { size } from "./size.js";

const RUNS = size(100_000, 1_000);
const DATASETS = RUNS * 5;
const LAYER = RUNS / 10;
const POINTS = size(100_000, 1_000);
const BY = `"createdByIssuer", "createdBySubject", "createdByKind"`;

/**
 * Layers of runs and datasets: each of 100 000 runs reads five datasets of the layer below and makes five of its own, a
 * million edges in all.
 */
const GRAPH = [
  `INSERT INTO "Run" ("id", "experimentId", "status", "startedAt", "createdAt", "updatedAt", ${BY})
   SELECT 'r-' || n, (SELECT "id" FROM "Experiment" LIMIT 1), 'RUNNING', now(), now(), now(), 'i', 's', 'MACHINE'
   FROM generate_series(0, ${RUNS - 1}) AS n`,
  `INSERT INTO "Dataset" ("id", "name", "digest", "createdAt", "updatedAt", ${BY})
   SELECT md5('d' || n)::uuid, 'd-' || n, 'x', now(), now(), 'i', 's', 'MACHINE' FROM generate_series(0, ${DATASETS - 1}) AS n`,
  `INSERT INTO "LineageEdge" ("kind", "at", "fromRunId", "toDatasetId")
   SELECT 'OUTPUT', now(), 'r-' || n, md5('d' || (n * 5 + k))::uuid FROM generate_series(0, ${RUNS - 1}) AS n, generate_series(0, 4) AS k`,
  `INSERT INTO "LineageEdge" ("kind", "at", "fromDatasetId", "toRunId")
   SELECT 'INPUT', now(), md5('d' || (((n * 7919 + k * 104729) % ${LAYER * 5}) + greatest(0, (n / ${LAYER} - 1) * ${LAYER * 5})))::uuid, 'r-' || n
   FROM generate_series(${LAYER}, ${RUNS - 1}) AS n, generate_series(0, 4) AS k ON CONFLICT DO NOTHING`,
];

const METRICS = [
  `INSERT INTO "MetricSeries" ("runId", "key", "step", "timestamp", "rank")
   SELECT run, 'm' || k, 0, now(), 0 FROM unnest(ARRAY['long', 'short']) AS run, generate_series(0, 9) AS k`,
  `INSERT INTO "MetricPoint" ("seriesId", "step", "timestamp", "rank")
   SELECT s."id", n, timestamptz '2026-01-01' + n * interval '1 s', n
   FROM "MetricSeries" AS s, generate_series(1, ${POINTS}) AS n WHERE s."runId" = 'long' OR n <= 100`,
];

export async function fillGraph(pool: pg.Pool): Promise<void> {
  for (const statement of [...GRAPH, "VACUUM ANALYZE"]) await pool.query(statement);
}

export async function fillMetrics(pool: pg.Pool): Promise<void> {
  for (const statement of [...METRICS, "VACUUM ANALYZE"]) await pool.query(statement);
}

/** The walk as one would write it: no rights, no counts, no names. */
export const WALK_BY_HAND = `
  WITH RECURSIVE walk (node, depth) AS (
    SELECT $1::text COLLATE "C", 0
    UNION
    SELECT e."fromNode", w.depth + 1 FROM walk AS w JOIN "LineageEdge" AS e ON e."toNode" = w.node WHERE w.depth < $2::int
  ), nodes AS (
    SELECT node, min(depth) AS depth FROM walk GROUP BY node ORDER BY 2, 1 LIMIT $3::int
  )
  SELECT (SELECT json_agg(n) FROM nodes AS n) AS nodes,
    (SELECT json_agg(json_build_array(e."fromNode", e."toNode", e."kind"))
      FROM nodes AS a JOIN "LineageEdge" AS e ON e."fromNode" = a.node JOIN nodes AS b ON b.node = e."toNode") AS edges`;
