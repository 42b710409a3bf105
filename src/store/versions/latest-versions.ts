import type { PrismaClient } from "../generated/client.js";

/** The ids of the living versions with the highest number in each stage of each of the models. */
export async function findLatestInStages(
  db: Pick<PrismaClient, "$queryRaw">,
  modelIds: readonly string[],
): Promise<string[]> {
  if (modelIds.length === 0) return [];
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT latest."id" FROM "Shelf" AS s
    CROSS JOIN LATERAL (
      SELECT v."id" FROM "ModelVersion" AS v
      WHERE v."modelId" = s."modelId" AND v."stage" = s."stage" AND v."deletedAt" IS NULL
      ORDER BY v."number" DESC LIMIT 1
    ) AS latest
    WHERE s."modelId" = ANY(${[...modelIds]}::uuid[]) AND s."count" > 0`;
  return rows.map(({ id }) => id);
}
