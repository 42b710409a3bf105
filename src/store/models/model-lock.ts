import type { ModelRef } from "../../domain/models/model.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma } from "../generated/client.js";

export interface LockedModel {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly deletedAt: Date | null;
  /** Whether any policy is in force, for this model or for others. */
  readonly mayBeGuarded: boolean;
}

/** Of `LockedModel`, in a statement that locks. */
export const MAY_BE_GUARDED = Prisma.sql`EXISTS (SELECT FROM "Policy" AS p WHERE "is_in_force"(p)) AS "mayBeGuarded"`;

/** Reads a model and locks its row until the transaction ends. Readers and foreign keys do not wait for the lock. */
export async function lockModelRow(tx: Transaction, ref: ModelRef): Promise<LockedModel | null> {
  const by = "id" in ref ? Prisma.sql`"id" = ${ref.id}::uuid` : Prisma.sql`"liveName" = ${ref.name}`;
  const rows = await tx.$queryRaw<LockedModel[]>`
    SELECT "id", "name", "description", "deletedAt", ${MAY_BE_GUARDED}
    FROM "Model" WHERE ${by} FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}
