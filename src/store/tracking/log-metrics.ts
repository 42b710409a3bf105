import type { Author } from "../../domain/access/author.js";
import { authorId } from "../across/author-id.js";
import type { Transaction } from "../connection/transaction.js";

export interface MetricEntry {
  readonly key: string;
  readonly datasetId: string | null;
  /** The logged model that the value was measured for. It is written to the run's series, and to one of the logged model. */
  readonly loggedModelId: string | null;
  readonly step: number;
  readonly timestamp: Date;
  readonly rank: bigint;
}

/**
 * Adds points to a run's metrics and updates the latest point of each metric, with its author, in one statement. A point that
 * exists already is left as it is, and keeps its author. Series are locked in the order of their keys, so that writers of one run do not deadlock.
 */
export async function logMetrics(
  tx: Transaction,
  runId: string,
  { metrics, author }: { readonly metrics: readonly MetricEntry[]; readonly author: Author },
): Promise<void> {
  if (metrics.length === 0) return;
  const ofModels = metrics.filter(({ loggedModelId }) => loggedModelId !== null);
  const given = JSON.stringify([
    ...metrics.map((metric) => toRecord(metric, null)),
    ...ofModels.map((metric) => toRecord(metric, metric.loggedModelId)),
  ]);
  await tx.$executeRaw`
    WITH given AS (
      SELECT * FROM json_to_recordset(${given}::json)
        AS g("key" text, "datasetId" uuid, "loggedModelId" text, "step" bigint, "timestamp" timestamptz(3), "rank" bigint)
    ), series AS (
      INSERT INTO "MetricSeries" AS s ("runId", "key", "datasetId", "loggedModelId", "step", "timestamp", "rank", "authorId")
      SELECT DISTINCT ON ("key" COLLATE "C", "datasetId", "loggedModelId" COLLATE "C")
        ${runId}, "key", "datasetId", "loggedModelId", "step", "timestamp", "rank", ${authorId(author)}
      FROM given
      ORDER BY "key" COLLATE "C", "datasetId", "loggedModelId" COLLATE "C", "step" DESC, "timestamp" DESC, "rank" DESC
      ON CONFLICT ("runId", "key", "datasetId", "loggedModelId") DO UPDATE SET ("step", "timestamp", "rank", "authorId") = (
        SELECT p."step", p."timestamp", p."rank", p."authorId"
        FROM (VALUES
          (s."step", s."timestamp", s."rank", s."authorId", true),
          (EXCLUDED."step", EXCLUDED."timestamp", EXCLUDED."rank", EXCLUDED."authorId", false)
        ) AS p("step", "timestamp", "rank", "authorId", "isKnown")
        ORDER BY p."step" DESC, p."timestamp" DESC, p."rank" DESC, p."isKnown" DESC LIMIT 1)
      RETURNING s."id", s."key", s."datasetId", s."loggedModelId"
    )
    INSERT INTO "MetricPoint" ("seriesId", "step", "timestamp", "rank")
    SELECT s."id", g."step", g."timestamp", g."rank"
    FROM given AS g JOIN series AS s ON s."key" = g."key" AND s."datasetId" IS NOT DISTINCT FROM g."datasetId"
      AND s."loggedModelId" IS NOT DISTINCT FROM g."loggedModelId"
    ON CONFLICT DO NOTHING`;
}

function toRecord({ key, datasetId, step, timestamp, rank }: MetricEntry, loggedModelId: string | null) {
  return { key, datasetId, loggedModelId, step, timestamp, rank: rank.toString() };
}
