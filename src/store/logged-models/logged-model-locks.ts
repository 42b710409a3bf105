import type { Transaction } from "../connection/transaction.js";
import { type LoggedModel, Prisma } from "../generated/client.js";
import type { RowLock } from "../tracking/tracking-locks.js";

export type LockedLoggedModel = Pick<
  LoggedModel,
  "id" | "name" | "modelType" | "status" | "statusMessage" | "sourceRunId" | "deletedAt"
> & { readonly experimentId: string; readonly experimentName: string; readonly experimentDeletedAt: Date | null };

export async function lockLoggedModelRow(
  tx: Transaction,
  id: string,
  lock: RowLock,
): Promise<LockedLoggedModel | null> {
  const rows = await tx.$queryRaw<LockedLoggedModel[]>`
    SELECT l."id", l."name", l."modelType", l."status"::text, l."statusMessage", l."sourceRunId", l."deletedAt",
      e."id" AS "experimentId", e."name" AS "experimentName", e."deletedAt" AS "experimentDeletedAt"
    FROM "LoggedModel" AS l JOIN "Experiment" AS e ON e."id" = l."experimentId"
    WHERE l."id" = ${id} FOR ${Prisma.raw(lock)} OF l`;
  return rows[0] ?? null;
}
