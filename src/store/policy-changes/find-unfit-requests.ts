import type { PrismaClient } from "../generated/client.js";

/** The open requests that nobody can approve any more: past their time, or of a policy that has another revision. */
export async function findUnfitRequests(
  db: Pick<PrismaClient, "$queryRaw">,
  at: Date,
  limit: number,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT r."id"::text AS "id"
    FROM "PolicyChangeRequest" AS r JOIN "Policy" AS p ON p."id" = r."policyId"
    WHERE r."status" = 'OPEN'
      AND (r."expiresAt" <= ${at} OR p."revision" <> r."expectedRevision" OR p."deletedAt" IS NOT NULL)
    ORDER BY r."expiresAt" LIMIT ${limit}::int`;
  return rows.map(({ id }) => id);
}
