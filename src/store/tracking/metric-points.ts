import type { Viewer } from "../../domain/access/actor.js";
import { sees } from "../access/visibility-sql.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

export interface MetricPoint {
  readonly timestamp: Date;
  readonly step: bigint;
  readonly rank: bigint;
}

interface PointsQuery {
  readonly runId: string;
  readonly key: string;
  readonly after: MetricPoint | null;
  readonly limit: number;
}

/**
 * The values of a metric of a run that the viewer may see, deleted or not if `withDeleted`, in the order of their times, then
 * steps, then values. The series on several datasets are one, and a value that several of them hold is one value.
 */
export function readMetricPoints(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  { runId, key, after, limit }: PointsQuery,
  withDeleted: boolean,
): Promise<MetricPoint[]> {
  const seen = (deleted: "EXCLUDE" | "ONLY") => sees("Run", viewer, { row: "r", joined: { experiment: "x" } }, deleted);
  const isPast = after
    ? Prisma.sql`AND (p."timestamp", p."step", p."rank") > (${after.timestamp}::timestamptz, ${String(after.step)}::bigint, ${String(after.rank)}::bigint)`
    : Prisma.empty;
  return db.$queryRaw`
    SELECT DISTINCT p."timestamp", p."step", p."rank"
    FROM "Run" AS r
    JOIN "Experiment" AS x ON x."id" = r."experimentId"
    JOIN "MetricSeries" AS s ON s."runId" = r."id" AND s."key" = ${key} AND s."loggedModelId" IS NULL
    JOIN "MetricPoint" AS p ON p."seriesId" = s."id"
    WHERE r."id" = ${runId} AND (${seen("EXCLUDE")}${withDeleted ? Prisma.sql` OR ${seen("ONLY")}` : Prisma.empty}) ${isPast}
    ORDER BY p."timestamp", p."step", p."rank" LIMIT ${limit}::int`;
}
