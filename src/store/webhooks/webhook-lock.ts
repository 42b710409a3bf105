import type { Transaction } from "../connection/transaction.js";

/** Keeps a webhook from every other writer, and from whoever reads the log for it, until the transaction ends. */
export async function lockWebhookRow(tx: Transaction, id: string): Promise<void> {
  await tx.$queryRaw`SELECT "id" FROM "Webhook" WHERE "id" = ${id}::uuid FOR UPDATE`;
}
