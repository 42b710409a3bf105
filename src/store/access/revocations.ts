import { Revocations, type RevokedTokens } from "../../domain/access/revocation.js";
import type { PrismaClient } from "../generated/client.js";

/** All that is revoked by now. */
export async function readRevocations(prisma: Pick<PrismaClient, "revocation">): Promise<Revocations> {
  const rows = await prisma.revocation.findMany();
  return new Revocations(
    rows.flatMap(({ tokenId, issuer, subject, issuedBefore }): RevokedTokens[] => {
      if (tokenId !== null) return [{ tokenId }];
      return issuer !== null && subject !== null && issuedBefore ? [{ issuer, subject, issuedBefore }] : [];
    }),
  );
}
