import type { Database } from "./database.js";

/** What the database alone knows of how the server is doing. */
export interface Figures {
  readonly headRevision: number;
  /** Up to where the log has been read for every webhook that is enabled; null without one. */
  readonly webhookRevision: number | null;
  /** When the delivery was queued that has waited longest at the head of a webhook's queue; null if none waits. */
  readonly oldestDeliveryAt: Date | null;
  /** Of an embedded database. */
  readonly bytes: number | null;
}

/** One statement, whose work grows with the number of webhooks and with nothing else. */
export async function readFigures({ prisma, kind }: Pick<Database, "prisma" | "kind">): Promise<Figures> {
  const rows = await prisma.$queryRaw<Figures[]>`
    SELECT head."revision"::float8 AS "headRevision",
      (SELECT min(w."position")::float8 FROM "Webhook" AS w WHERE w."deletedAt" IS NULL AND w."disabledAt" IS NULL)
        AS "webhookRevision",
      (SELECT min(first."queuedAt") FROM "Webhook" AS w CROSS JOIN LATERAL (
        SELECT q."queuedAt" FROM "WebhookDelivery" AS q WHERE q."webhookId" = w."id" AND q."status" = 'PENDING'
        ORDER BY q."turn", q."revision" LIMIT 1
      ) AS first WHERE w."deletedAt" IS NULL AND w."disabledAt" IS NULL) AS "oldestDeliveryAt",
      CASE WHEN ${kind === "pglite"}::boolean THEN pg_database_size(current_database())::float8 END AS "bytes"
    FROM "EventHead" AS head WHERE head."id" = 1`;
  const [figures] = rows;
  if (!figures) throw new Error("The head of the event log is not there.");
  return figures;
}
