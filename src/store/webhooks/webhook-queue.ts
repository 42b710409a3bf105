import type { Transaction } from "../connection/transaction.js";
import type { Prisma, PrismaClient, WebhookDelivery } from "../generated/client.js";

/** A delivery whose turn it is, held for one sender until its lease ends, and what it is sent with. */
export interface ClaimedDelivery
  extends Pick<WebhookDelivery, "id" | "webhookId" | "revision" | "body" | "attempts" | "queuedAt">,
    StoredSecrets {
  readonly leasedUntil: Date;
  readonly url: string;
}

export interface StoredSecrets {
  readonly keyId: string;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly previousSecret: Uint8Array<ArrayBuffer> | null;
  readonly previousSecretUntil: Date | null;
}

export interface Claim {
  /** Only webhooks whose secrets were encrypted with this key. */
  readonly keyId: string;
  readonly now: Date;
  readonly leasedUntil: Date;
  readonly limit: number;
}

/** How a try ended, in the columns of a delivery. */
export type DeliveryResult = Pick<
  Prisma.WebhookDeliveryUncheckedUpdateManyInput,
  "status" | "attempts" | "nextAttemptAt" | "responseCode" | "latencyMs" | "error" | "deliveredAt"
>;

type Queue = Pick<PrismaClient, "$queryRaw" | "webhookDelivery" | "webhook">;

/**
 * Takes deliveries that are due, of each webhook only the first in its queue: so its order is kept, and no webhook
 * stands behind another. What another sender takes at the same time is skipped.
 */
export function claimDeliveries(db: Queue, { keyId, now, leasedUntil, limit }: Claim): Promise<ClaimedDelivery[]> {
  return db.$queryRaw<ClaimedDelivery[]>`
    WITH first AS MATERIALIZED (
      SELECT head."id" FROM "Webhook" AS w CROSS JOIN LATERAL (
        SELECT q."id" FROM "WebhookDelivery" AS q WHERE q."webhookId" = w."id" AND q."status" = 'PENDING'
        ORDER BY q."turn", q."revision" LIMIT 1
      ) AS head
      WHERE w."deletedAt" IS NULL AND w."disabledAt" IS NULL AND w."keyId" = ${keyId}
    ), due AS (
      SELECT q."id" FROM "WebhookDelivery" AS q
      WHERE q."id" IN (SELECT first."id" FROM first) AND q."status" = 'PENDING' AND q."nextAttemptAt" <= ${now}
        AND (q."leasedUntil" IS NULL OR q."leasedUntil" <= ${now})
      ORDER BY q."nextAttemptAt" LIMIT ${limit}
      FOR UPDATE SKIP LOCKED
    )
    UPDATE "WebhookDelivery" AS d SET "attempts" = d."attempts" + 1, "leasedUntil" = ${leasedUntil}
    FROM due, "Webhook" AS w WHERE d."id" = due."id" AND w."id" = d."webhookId"
    RETURNING d."id", d."webhookId", d."revision", d."body", d."attempts", d."queuedAt", d."leasedUntil", w."url", w."keyId", w."secret",
      w."previousSecret", w."previousSecretUntil"`;
}

/** When the next delivery is due, null if none waits; and whether more of them are still to be made from the log. */
export async function nextDelivery(db: Queue, keyId: string): Promise<{ at: Date | null; isBehind: boolean }> {
  const [row] = await db.$queryRaw<{ at: Date | null; isBehind: boolean | null }[]>`
    SELECT min(greatest(head."nextAttemptAt", head."leasedUntil")) AS at,
      bool_or(w."position" < (SELECT "revision" FROM "EventHead")) AS "isBehind"
    FROM "Webhook" AS w LEFT JOIN LATERAL (
      SELECT q."nextAttemptAt", q."leasedUntil" FROM "WebhookDelivery" AS q
      WHERE q."webhookId" = w."id" AND q."status" = 'PENDING' ORDER BY q."turn", q."revision" LIMIT 1
    ) AS head ON true
    WHERE w."deletedAt" IS NULL AND w."disabledAt" IS NULL AND w."keyId" = ${keyId}`;
  return { at: row?.at ?? null, isBehind: row?.isBehind ?? false };
}

/** Writes how a try ended, unless the delivery is not this sender's any more. */
export async function settleDelivery(
  db: Queue,
  { id, attempts, leasedUntil }: ClaimedDelivery,
  result: DeliveryResult,
): Promise<void> {
  const where = { id, attempts, leasedUntil, status: "PENDING" as const };
  await db.webhookDelivery.updateMany({ where, data: { ...result, leasedUntil: null } });
}

export interface WebhookBehind {
  readonly id: string;
  readonly position: bigint;
  readonly filter: Prisma.JsonValue;
  readonly rights: Prisma.JsonValue;
}

/** A webhook for which the log has not been read to its head, locked; one that another reader has is skipped. */
export async function lockWebhookBehind(
  tx: Transaction,
  head: bigint,
  passedOver: readonly string[],
): Promise<WebhookBehind | null> {
  const rows = await tx.$queryRaw<WebhookBehind[]>`
    SELECT "id", "position", "filter", "rights" FROM "Webhook"
    WHERE "deletedAt" IS NULL AND "disabledAt" IS NULL AND "position" < ${head} AND "id" <> ALL(${passedOver}::uuid[])
    ORDER BY "position" LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return rows[0] ?? null;
}

/** After a change of rights: what was made under the old ones is not sent any more, but made anew when its turn comes. */
export async function forgetBodies(tx: Transaction, webhookId: string): Promise<void> {
  await tx.webhookDelivery.updateMany({ where: { webhookId }, data: { body: null } });
}

export async function hasWebhooks(db: Queue): Promise<boolean> {
  return (await db.webhook.findFirst({ where: { deletedAt: null }, select: { id: true } })) !== null;
}

const KEPT_DAYS = 30;

/** Deliveries that are over are kept for 30 days, and secrets that were rotated out while they sign. */
export async function forgetOldDeliveries(db: Queue, now: Date): Promise<void> {
  const old = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  await db.webhookDelivery.deleteMany({ where: { status: { not: "PENDING" }, createdAt: { lt: old } } });
  await db.webhook.updateMany({
    where: { previousSecretUntil: { lt: now } },
    data: { previousSecret: null, previousSecretUntil: null },
  });
}
