import type { Transaction } from "../connection/transaction.js";
import type { Prisma, PrismaClient, WebhookDelivery, WebhookFormat } from "../generated/client.js";

/** A delivery that is due, leased to one sender, with what is needed to send it. */
export interface ClaimedDelivery
  extends Pick<WebhookDelivery, "id" | "webhookId" | "revision" | "body" | "attempts" | "queuedAt">,
    StoredSecrets {
  readonly leasedUntil: Date;
  readonly url: string;
  readonly format: WebhookFormat;
}

export interface StoredSecrets {
  readonly keyId: string;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly previousSecret: Uint8Array<ArrayBuffer> | null;
  readonly previousSecretUntil: Date | null;
}

interface Claim {
  /** Only webhooks whose secrets are encrypted with this key. */
  readonly keyId: string;
  readonly now: Date;
  readonly leasedUntil: Date;
  readonly limit: number;
}

/** The result of an attempt, in the columns of a delivery. */
export type DeliveryResult = Pick<
  Prisma.WebhookDeliveryUncheckedUpdateManyInput,
  "status" | "attempts" | "nextAttemptAt" | "responseCode" | "latencyMs" | "error" | "deliveredAt"
>;

type Queue = Pick<PrismaClient, "$queryRaw" | "webhookDelivery" | "webhook">;

/**
 * Leases deliveries that are due, and of each webhook only the first in its queue: this keeps the order of a webhook, and
 * no webhook waits for another. Skips deliveries that another sender leases at the same time.
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
    RETURNING d."id", d."webhookId", d."revision", d."body", d."attempts", d."queuedAt", d."leasedUntil", w."url", w."format", w."keyId", w."secret",
      w."previousSecret", w."previousSecretUntil"`;
}

/** When the next delivery is due, null if none waits; and whether the log has events that are not planned yet. */
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

/** Writes the result of an attempt, unless the sender has lost its lease. */
export async function settleDelivery(
  db: Queue,
  { id, attempts, leasedUntil }: ClaimedDelivery,
  result: DeliveryResult,
): Promise<void> {
  const where = { id, attempts, leasedUntil, status: "PENDING" as const };
  await db.webhookDelivery.updateMany({ where, data: { ...result, leasedUntil: null } });
}

interface WebhookBehind {
  readonly id: string;
  readonly position: bigint;
  readonly format: WebhookFormat;
  readonly filter: Prisma.JsonValue;
  readonly rights: Prisma.JsonValue;
}

/** Locks a webhook for which the log has not been read up to the head. Skips those that another process has locked. */
export async function lockWebhookBehind(
  tx: Transaction,
  head: bigint,
  passedOver: readonly string[],
): Promise<WebhookBehind | null> {
  const rows = await tx.$queryRaw<WebhookBehind[]>`
    SELECT "id", "position", "format", "filter", "rights" FROM "Webhook"
    WHERE "deletedAt" IS NULL AND "disabledAt" IS NULL AND "position" < ${head} AND "id" <> ALL(${passedOver}::uuid[])
    ORDER BY "position" LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return rows[0] ?? null;
}

/** After a change of rights or format: removes the bodies that were made before it. They are made again when they are sent. */
export async function forgetBodies(tx: Transaction, webhookId: string): Promise<void> {
  await tx.webhookDelivery.updateMany({ where: { webhookId }, data: { body: null } });
}

export async function hasWebhooks(db: Queue): Promise<boolean> {
  return (await db.webhook.findFirst({ where: { deletedAt: null }, select: { id: true } })) !== null;
}

const KEPT_DAYS = 30;

/** Deletes deliveries that ended more than 30 days ago, and previous secrets that are no longer valid. */
export async function forgetOldDeliveries(db: Queue, now: Date): Promise<void> {
  const old = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  await db.webhookDelivery.deleteMany({ where: { status: { not: "PENDING" }, createdAt: { lt: old } } });
  await db.webhook.updateMany({
    where: { previousSecretUntil: { lt: now } },
    data: { previousSecret: null, previousSecretUntil: null },
  });
}
