import type { PrismaClient } from "../generated/client.js";

export interface MetricValue {
  readonly key: string;
  readonly step: bigint;
  readonly timestamp: Date;
  readonly rank: bigint;
}

/** The latest value of each metric of the runs, whichever dataset it was measured on, ordered by key. */
export function readLatestMetrics(
  db: Pick<PrismaClient, "$queryRaw">,
  runIds: readonly string[],
): Promise<(MetricValue & { readonly runId: string })[]> {
  return db.$queryRaw`
    SELECT DISTINCT ON (s."runId", s."key") s."runId", s."key", s."step", s."timestamp", s."rank"
    FROM "MetricSeries" AS s WHERE s."runId" = ANY(${[...runIds]}::text[]) AND s."loggedModelId" IS NULL
    ORDER BY s."runId", s."key", s."step" DESC, s."timestamp" DESC, s."rank" DESC`;
}
