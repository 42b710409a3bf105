import type pg from "pg";
import { size } from "../size.js";

const RUNS = size(100_000, 1_000);
const DATASETS = RUNS * 5;
const LAYER = RUNS / 10;
const BY = `"createdByIssuer", "createdBySubject", "createdByKind"`;
const AUTHOR = `'bench', 'bench', 'MACHINE'`;

/**
 * Layers of runs and datasets: each of 100 000 runs reads five datasets of the layer below and makes five of its own, a
 * million edges in all.
 */
const GRAPH = [
  `INSERT INTO "Experiment" ("id", "name", "liveName", "createdAt", "updatedAt", ${BY})
   VALUES (md5('bench')::uuid, 'bench', 'bench', now(), now(), ${AUTHOR})`,
  `INSERT INTO "Run" ("id", "experimentId", "status", "startedAt", "createdAt", "updatedAt", ${BY})
   SELECT 'r-' || n, md5('bench')::uuid, 'RUNNING', now(), now(), now(), ${AUTHOR} FROM generate_series(0, ${RUNS - 1}) AS n`,
  `INSERT INTO "Dataset" ("id", "name", "digest", "createdAt", "updatedAt", ${BY})
   SELECT md5('d' || n)::uuid, 'd-' || n, 'x', now(), now(), ${AUTHOR} FROM generate_series(0, ${DATASETS - 1}) AS n`,
  `INSERT INTO "LineageEdge" ("kind", "at", "fromRunId", "toDatasetId")
   SELECT 'OUTPUT', now(), 'r-' || n, md5('d' || (n * 5 + k))::uuid FROM generate_series(0, ${RUNS - 1}) AS n, generate_series(0, 4) AS k`,
  `INSERT INTO "LineageEdge" ("kind", "at", "fromDatasetId", "toRunId")
   SELECT 'INPUT', now(), md5('d' || (((n * 7919 + k * 104729) % ${LAYER * 5}) + greatest(0, (n / ${LAYER} - 1) * ${LAYER * 5})))::uuid, 'r-' || n
   FROM generate_series(${LAYER}, ${RUNS - 1}) AS n, generate_series(0, 4) AS k ON CONFLICT DO NOTHING`,
];

export async function fillGraph(pool: pg.Pool): Promise<void> {
  for (const statement of [...GRAPH, "VACUUM ANALYZE"]) await pool.query(statement);
}
