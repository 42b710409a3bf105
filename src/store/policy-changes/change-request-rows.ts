import type { Actor } from "../../domain/access/actor.js";
import type { ChangeStatus, Proposal } from "../../domain/policy-changes/change-request.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

export interface NewChangeRequest {
  readonly id: string;
  readonly policyId: string;
  readonly status: ChangeStatus;
  readonly proposal: Proposal;
  readonly expectedRevision: number;
  readonly reason: string | null;
  readonly expiresAt: Date;
}

export async function insertChangeRequest(
  tx: Transaction,
  { proposal, ...request }: NewChangeRequest,
  { actor, at }: { readonly actor: Actor; readonly at: Date },
): Promise<void> {
  const row = {
    ...request,
    kind: proposal === null ? "DELETE" : "CHANGE",
    proposal: proposal === null ? Prisma.DbNull : (proposal as unknown as Prisma.InputJsonObject),
    createdAt: at,
    createdByIssuer: actor.issuer,
    createdBySubject: actor.subject,
    createdByName: actor.name,
    createdByKind: actor.kind,
  } as const;
  await tx.policyChangeRequest.createMany({ data: [row] });
}

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
