import type { Viewer } from "../../domain/access/actor.js";
import { isVisible } from "../../domain/access/visibility.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma, type PrismaClient } from "../generated/client.js";
import { indexedRows, inOrder } from "../json/json-rows.js";

export interface FoundVersion {
  readonly id: string;
  readonly number: number;
  readonly modelId: string;
  readonly modelName: string;
}

type QueryClient = Pick<PrismaClient, "$queryRaw">;

/** The living versions of the references, in their order, null where there is none. One statement for all of them. */
export function findVersions(db: QueryClient, refs: readonly ModelVersionRef[]): Promise<(FoundVersion | null)[]> {
  return lookUp(db, refs, Prisma.empty);
}

/**
 * The same versions, which cannot be deleted until the transaction ends. Models are locked first, as by commands that
 * change a version: a lock on the version's row alone would deadlock with a writer that already holds the log's head.
 */
export function shareVersions(tx: Transaction, refs: readonly ModelVersionRef[]): Promise<(FoundVersion | null)[]> {
  return lookUp(tx, refs, Prisma.sql`ORDER BY m."id", v."id" FOR SHARE OF m, v`);
}

/** Whether the viewer may see a version that was found: it is living, and so is its model. */
export function seesVersion(viewer: Viewer, { modelName }: FoundVersion): boolean {
  return isVisible("ModelVersion", viewer, { deletedAt: null, model: { name: modelName, deletedAt: null } }) === true;
}

async function lookUp(
  db: QueryClient,
  refs: readonly ModelVersionRef[],
  lock: Prisma.Sql,
): Promise<(FoundVersion | null)[]> {
  if (refs.length === 0) return [];
  const wanted = refs.map((ref) => ("id" in ref ? ref : "number" in ref ? ref.number : ref.alias));
  const rows = await db.$queryRaw<(FoundVersion & { index: number })[]>`
    SELECT w."index", v."id", v."number", m."id" AS "modelId", m."name" AS "modelName"
    FROM json_to_recordset(${indexedRows(wanted)}::json) AS w("index" int, "id" uuid, "model" text, "number" int, "alias" text)
    LEFT JOIN "Model" AS named ON named."liveName" = w."model"
    LEFT JOIN "Alias" AS a ON a."modelId" = named."id" AND a."name" = w."alias"
    LEFT JOIN "ModelVersion" AS n ON n."modelId" = named."id" AND n."number" = w."number"
    JOIN "ModelVersion" AS v ON v."id" = coalesce(w."id", a."versionId", n."id")
    JOIN "Model" AS m ON m."id" = v."modelId"
    WHERE v."deletedAt" IS NULL AND m."deletedAt" IS NULL
    ${lock}`;
  return inOrder(refs, rows);
}
