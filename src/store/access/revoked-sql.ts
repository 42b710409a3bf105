import { Prisma } from "../generated/client.js";

interface TokenColumns {
  /** The token's `jti`, as text. */
  readonly tokenId: Prisma.Sql;
  /** The token's `iat`. */
  readonly issuedAt: Prisma.Sql;
  readonly issuer: Prisma.Sql;
  readonly subject: Prisma.Sql;
}

/** Whether a token that a row keeps was revoked since: what `Revocations.covers` says in memory. */
export function isTokenRevoked({ tokenId, issuedAt, issuer, subject }: TokenColumns): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM "Revocation" AS x
    WHERE x."tokenId" = ${tokenId} OR (x."issuer" = ${issuer} AND x."subject" = ${subject}
      AND (${issuedAt} IS NULL OR x."issuedBefore" > ${issuedAt})))`;
}
