import type { JsonValue } from "../domain/values/json.js";
import type { Transaction } from "./connection/transaction.js";

interface IdempotencySlot {
  readonly issuer: string;
  readonly subject: string;
  readonly mutation: string;
  readonly key: string;
}

/** What is stored under a key: the hash of the input, and the ids of the answer. */
interface RememberedAnswer {
  readonly inputHash: string;
  readonly result: JsonValue;
}

const KEPT_MS = 30 * 86_400_000;

/**
 * Claims the key for this transaction, and returns null, or returns the answer that is stored under it. Waits for another
 * transaction that has claimed the key and has not ended. Replaces a row that is older than 30 days.
 */
export async function claimIdempotencyKey(
  tx: Transaction,
  slot: IdempotencySlot,
  inputHash: string,
  now: Date,
): Promise<RememberedAnswer | null> {
  const { issuer, subject, mutation, key } = slot;
  const claimed = await tx.$executeRaw`
    INSERT INTO "IdempotencyKey" AS kept ("issuer", "subject", "mutation", "key", "inputHash", "createdAt")
    VALUES (${issuer}, ${subject}, ${mutation}, ${key}, ${inputHash}, ${now})
    ON CONFLICT ("issuer", "subject", "mutation", "key") DO UPDATE
      SET "inputHash" = EXCLUDED."inputHash", "createdAt" = EXCLUDED."createdAt", "result" = NULL
      WHERE kept."createdAt" < ${expiry(now)}`;
  if (claimed > 0) return null;
  const row = await tx.idempotencyKey.findUniqueOrThrow({
    where: { issuer_subject_mutation_key: slot },
    select: { inputHash: true, result: true },
  });
  return { inputHash: row.inputHash, result: row.result as JsonValue };
}

/** Stores the answer under a key that this transaction has claimed. */
export async function rememberAnswer(tx: Transaction, slot: IdempotencySlot, result: JsonValue): Promise<void> {
  const data = { result: result as object };
  await tx.idempotencyKey.update({ where: { issuer_subject_mutation_key: slot }, data, select: { key: true } });
}

/** Deletes the answers that are older than 30 days. Returns how many there were. */
export async function forgetExpiredAnswers(tx: Transaction, now: Date): Promise<number> {
  const { count } = await tx.idempotencyKey.deleteMany({ where: { createdAt: { lt: expiry(now) } } });
  return count;
}

/** Keys that were stored before this time have expired. */
function expiry(now: Date): Date {
  return new Date(now.getTime() - KEPT_MS);
}
