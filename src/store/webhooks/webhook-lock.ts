import type { Transaction } from "../connection/transaction.js";

/** Locks a webhook against other writers, and against the planning of its deliveries, until the transaction ends. */
export async function lockWebhookRow(tx: Transaction, id: string): Promise<void> {
  await tx.$queryRaw`SELECT "id" FROM "Webhook" WHERE "id" = ${id}::uuid FOR UPDATE`;
}
