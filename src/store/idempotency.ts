import type { JsonValue } from "../domain/values/json.js";
import type { Transaction } from "./connection/transaction.js";

export interface IdempotencySlot {
  readonly issuer: string;
  readonly subject: string;
  readonly mutation: string;
  readonly key: string;
}

/** What stands under the key already: the hash of the input it came with, and the ids of the answer. */
export interface RememberedAnswer {
  readonly inputHash: string;
  readonly result: JsonValue;
}

const KEPT_DAYS = 30;

/**
 * Takes the key for this transaction, or returns the answer that stands under it. A twin that holds the key in an
 * unfinished transaction is waited for; an expired row is taken over.
 */
export async function claimIdempotencyKey(
  tx: Transaction,
  slot: IdempotencySlot,
  inputHash: string,
  now: Date,
): Promise<RememberedAnswer | null> {
  const { issuer, subject, mutation, key } = slot;
  const expired = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  const claimed = await tx.$executeRaw`
    INSERT INTO "IdempotencyKey" AS kept ("issuer", "subject", "mutation", "key", "inputHash", "createdAt")
    VALUES (${issuer}, ${subject}, ${mutation}, ${key}, ${inputHash}, ${now})
    ON CONFLICT ("issuer", "subject", "mutation", "key") DO UPDATE
      SET "inputHash" = EXCLUDED."inputHash", "createdAt" = EXCLUDED."createdAt", "result" = NULL
      WHERE kept."createdAt" < ${expired}`;
  if (claimed > 0) return null;
  const row = await tx.idempotencyKey.findUniqueOrThrow({
    where: { issuer_subject_mutation_key: slot },
    select: { inputHash: true, result: true },
  });
  return { inputHash: row.inputHash, result: row.result as JsonValue };
}

export async function rememberAnswer(tx: Transaction, slot: IdempotencySlot, result: JsonValue): Promise<void> {
  await tx.idempotencyKey.update({ where: { issuer_subject_mutation_key: slot }, data: { result: result as object } });
}

export async function forgetExpiredAnswers(tx: Transaction, now: Date): Promise<number> {
  const expired = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  const { count } = await tx.idempotencyKey.deleteMany({ where: { createdAt: { lt: expired } } });
  return count;
}
