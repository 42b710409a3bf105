import type { PromotionTarget } from "../../domain/governance/target.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma } from "../generated/client.js";

/**
 * The id of the version that held a target of a model last, of those that do not hold it now; null if there is none. Deleted
 * versions, and such that are not READY, are passed over.
 */
export async function findPreviousHolder(
  tx: Transaction,
  modelId: string,
  target: PromotionTarget,
): Promise<string | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT v."id" FROM ${"stage" in target ? stageStays(target.stage) : aliasStays(target.alias)} AS s
    JOIN "ModelVersion" AS v ON v."id" = s."versionId"
    WHERE s."modelId" = ${modelId}::uuid AND s."until" IS NOT NULL AND v."deletedAt" IS NULL AND v."status" = 'READY'
      AND NOT ${"stage" in target ? Prisma.sql`v."stage" = ${target.stage}::"Stage"` : pointsTo(target.alias)}
    ORDER BY s."until" DESC, s."revision" DESC LIMIT 1`;
  return rows[0]?.id ?? null;
}

function stageStays(stage: string): Prisma.Sql {
  return Prisma.sql`(SELECT * FROM "StageStay" WHERE "stage" = ${stage}::"Stage")`;
}

function aliasStays(alias: string): Prisma.Sql {
  return Prisma.sql`(SELECT * FROM "AliasStay" WHERE "name" = ${alias})`;
}

function pointsTo(alias: string): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT FROM "Alias" AS a WHERE a."versionId" = v."id" AND a."name" = ${alias})`;
}
