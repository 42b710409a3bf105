import type { Transaction } from "../connection/transaction.js";
import { type Experiment, Prisma, type Run } from "../generated/client.js";

/** `SHARE` keeps a row from being changed while it is used; `NO KEY UPDATE` is for a command that changes it. */
export type RowLock = "SHARE" | "NO KEY UPDATE";

export type LockedExperiment = Pick<
  Experiment,
  "id" | "number" | "name" | "description" | "artifactRoot" | "deletedAt"
>;

export type ExperimentKey = { readonly id: string } | { readonly name: string } | { readonly number: number };

export type LockedRun = Pick<
  Run,
  "id" | "name" | "status" | "startedAt" | "endedAt" | "user" | "source" | "gitCommit" | "deletedAt"
> & { readonly experimentId: string; readonly experimentName: string; readonly experimentDeletedAt: Date | null };

export async function lockExperimentRow(
  tx: Transaction,
  ref: ExperimentKey,
  lock: RowLock,
): Promise<LockedExperiment | null> {
  const rows = await tx.$queryRaw<LockedExperiment[]>`
    SELECT "id", "number", "name", "description", "artifactRoot", "deletedAt"
    FROM "Experiment" WHERE ${keySql(ref)} FOR ${Prisma.raw(lock)}`;
  return rows[0] ?? null;
}

function keySql(ref: ExperimentKey): Prisma.Sql {
  if ("id" in ref) return Prisma.sql`"id" = ${ref.id}::uuid`;
  return "name" in ref ? Prisma.sql`"liveName" = ${ref.name}` : Prisma.sql`"number" = ${ref.number}::int`;
}

export async function lockRunRow(tx: Transaction, id: string, lock: RowLock): Promise<LockedRun | null> {
  const rows = await tx.$queryRaw<LockedRun[]>`
    SELECT r."id", r."name", r."status"::text, r."startedAt", r."endedAt", r."user", r."source", r."gitCommit", r."deletedAt",
      e."id" AS "experimentId", e."name" AS "experimentName", e."deletedAt" AS "experimentDeletedAt"
    FROM "Run" AS r JOIN "Experiment" AS e ON e."id" = r."experimentId"
    WHERE r."id" = ${id} FOR ${Prisma.raw(lock)} OF r`;
  return rows[0] ?? null;
}
