import { jsonRows } from "../connection/json-rows.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

export type VersionReference =
  | { readonly id: string }
  | { readonly number: { readonly model: string; readonly number: number } }
  | { readonly alias: { readonly model: string; readonly alias: string } };

export interface FoundVersion {
  readonly id: string;
  readonly number: number;
  readonly modelId: string;
  readonly modelName: string;
}

type Reader = Pick<PrismaClient, "$queryRaw">;

/** The living versions that the references name, in their order, null where there is none: one statement for all. */
export function findVersions(db: Reader, refs: readonly VersionReference[]): Promise<(FoundVersion | null)[]> {
  return lookUp(db, refs, Prisma.empty);
}

/**
 * The same, kept from being deleted until the transaction ends. Models come first, as for whoever changes a version: its
 * row alone would be waited for by a writer that holds the head of the log already.
 */
export function shareVersions(tx: Transaction, refs: readonly VersionReference[]): Promise<(FoundVersion | null)[]> {
  return lookUp(tx, refs, Prisma.sql`ORDER BY m."id", v."id" FOR SHARE OF m, v`);
}

async function lookUp(
  db: Reader,
  refs: readonly VersionReference[],
  lock: Prisma.Sql,
): Promise<(FoundVersion | null)[]> {
  if (refs.length === 0) return [];
  const wanted = refs.map((ref, index) => ({
    index,
    ...("id" in ref ? ref : "number" in ref ? ref.number : ref.alias),
  }));
  const rows = await db.$queryRaw<(FoundVersion & { index: number })[]>`
    SELECT w."index", v."id", v."number", m."id" AS "modelId", m."name" AS "modelName"
    FROM json_to_recordset(${jsonRows(wanted)}::json) AS w("index" int, "id" uuid, "model" text, "number" int, "alias" text)
    LEFT JOIN "Model" AS named ON named."liveName" = w."model"
    LEFT JOIN "Alias" AS a ON a."modelId" = named."id" AND a."name" = w."alias"
    LEFT JOIN "ModelVersion" AS n ON n."modelId" = named."id" AND n."number" = w."number"
    JOIN "ModelVersion" AS v ON v."id" = coalesce(w."id", a."versionId", n."id")
    JOIN "Model" AS m ON m."id" = v."modelId"
    WHERE v."deletedAt" IS NULL AND m."deletedAt" IS NULL
    ${lock}`;
  const found = new Map(rows.map(({ index, ...version }) => [index, version]));
  return refs.map((_, index) => found.get(index) ?? null);
}
