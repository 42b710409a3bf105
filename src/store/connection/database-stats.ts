import type { Database } from "./database.js";

/** What only the database knows about how the server is doing. */
export interface DatabaseStats {
  readonly headRevision: number;
  /** The revision up to which the log has been read for every enabled webhook; null if there is no webhook. */
  readonly webhookRevision: number | null;
  /** When the delivery was queued that has waited longest at the head of a webhook's queue; null if none waits. */
  readonly oldestDeliveryAt: Date | null;
  /** The size of an embedded database; null on PostgreSQL. */
  readonly bytes: number | null;
}

/** Reads the statistics in one statement. Its cost grows with the number of webhooks only. */
export async function readDatabaseStats({ prisma, kind }: Pick<Database, "prisma" | "kind">): Promise<DatabaseStats> {
  const [stats] = await prisma.$queryRaw<DatabaseStats[]>`
    SELECT head."revision"::float8 AS "headRevision",
      (SELECT min(w."position")::float8 FROM "Webhook" AS w WHERE w."deletedAt" IS NULL AND w."disabledAt" IS NULL)
        AS "webhookRevision",
      (SELECT min(first."queuedAt") FROM "Webhook" AS w CROSS JOIN LATERAL (
        SELECT q."queuedAt" FROM "WebhookDelivery" AS q WHERE q."webhookId" = w."id" AND q."status" = 'PENDING'
        ORDER BY q."turn", q."revision" LIMIT 1
      ) AS first WHERE w."deletedAt" IS NULL AND w."disabledAt" IS NULL) AS "oldestDeliveryAt",
      CASE WHEN ${kind === "pglite"}::boolean THEN pg_database_size(current_database())::float8 END AS "bytes"
    FROM "EventHead" AS head WHERE head."id" = 1`;
  if (!stats) throw new Error("The log has no head.");
  return stats;
}
