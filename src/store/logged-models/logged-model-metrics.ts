import type { Viewer } from "../../domain/access/actor.js";
import { sees } from "../access/visibility-sql.js";
import type { PrismaClient } from "../generated/client.js";

/** How many points of one metric of one run are listed, the last ones. */
export const POINTS_OF_METRIC_MAX = 1_000;

export interface LoggedModelPoint {
  readonly loggedModelId: string;
  readonly runId: string;
  readonly key: string;
  readonly step: string;
  /** Milliseconds since 1970. */
  readonly timestamp: string;
  readonly rank: string;
  readonly datasetName: string | null;
  readonly datasetDigest: string | null;
}

/** The points that visible runs measured for the logged models, by key, run, dataset and step, in one statement. */
export function readLoggedModelPoints(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  ids: readonly string[],
): Promise<LoggedModelPoint[]> {
  return db.$queryRaw<LoggedModelPoint[]>`
    SELECT s."loggedModelId", s."runId", s."key", p."step"::text AS "step",
      ((extract(epoch FROM p."timestamp") * 1000)::bigint)::text AS "timestamp", p."rank"::text AS "rank",
      d."name" AS "datasetName", d."digest" AS "datasetDigest"
    FROM "MetricSeries" AS s
    JOIN "Run" AS r ON r."id" = s."runId"
    JOIN "Experiment" AS x ON x."id" = r."experimentId"
    LEFT JOIN "Dataset" AS d ON d."id" = s."datasetId" AND d."deletedAt" IS NULL
    CROSS JOIN LATERAL (
      SELECT m."step", m."timestamp", m."rank" FROM "MetricPoint" AS m WHERE m."seriesId" = s."id"
      ORDER BY m."step" DESC, m."timestamp" DESC, m."rank" DESC LIMIT ${POINTS_OF_METRIC_MAX}::int
    ) AS p
    WHERE s."loggedModelId" = ANY(${[...ids]}::text[]) AND ${sees("Run", viewer, { row: "r", joined: { experiment: "x" } })}
    ORDER BY s."key", s."runId", s."datasetId" NULLS FIRST, p."step", p."timestamp", p."rank"`;
}
