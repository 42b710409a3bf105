import type { DatasetRef } from "../../domain/tracking/dataset.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma } from "../generated/client.js";
import { indexedRows, inOrder } from "../json/json-rows.js";

export interface FoundDataset {
  readonly id: string;
  readonly name: string;
  readonly digest: string;
}

export interface LockedDataset extends FoundDataset {
  readonly createdByIssuer: string;
  readonly createdBySubject: string;
  readonly deletedAt: Date | null;
}

/**
 * The living datasets of the references, in their order; null where there is none. They cannot be deleted until the
 * transaction ends.
 */
export async function shareDatasets(tx: Transaction, refs: readonly DatasetRef[]): Promise<(FoundDataset | null)[]> {
  if (refs.length === 0) return [];
  const rows = await tx.$queryRaw<(FoundDataset & { index: number })[]>`
    SELECT w."index", d."id", d."name", d."digest"
    FROM json_to_recordset(${indexedRows(refs)}::json) AS w("index" int, "id" uuid, "name" text, "digest" text)
    LEFT JOIN "Dataset" AS named ON named."name" = w."name" AND named."digest" = w."digest" AND named."deletedAt" IS NULL
    JOIN "Dataset" AS d ON d."id" = coalesce(w."id", named."id")
    WHERE d."deletedAt" IS NULL
    ORDER BY d."id" FOR SHARE OF d`;
  return inOrder(refs, rows);
}

/** Reads a dataset and locks it for a change: by id also a deleted one, by name and digest the living one. */
export async function lockDatasetRow(tx: Transaction, ref: DatasetRef): Promise<LockedDataset | null> {
  const by =
    "id" in ref
      ? Prisma.sql`"id" = ${ref.id}::uuid`
      : Prisma.sql`"name" = ${ref.name} AND "digest" = ${ref.digest} AND "deletedAt" IS NULL`;
  const rows = await tx.$queryRaw<LockedDataset[]>`
    SELECT "id", "name", "digest", "createdByIssuer", "createdBySubject", "deletedAt" FROM "Dataset" WHERE ${by} FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}
