import type { Actor } from "../../domain/access/actor.js";
import type { Transaction } from "../connection/transaction.js";

interface NewOverrideReview {
  readonly decisionId: string;
  readonly comment: string | null;
  readonly at: Date;
}

/** Writes that somebody looked at an override. Returns false if somebody has already: then nothing was written. */
export async function writeOverrideReview(
  tx: Transaction,
  { decisionId, comment, at }: NewOverrideReview,
  { issuer, subject, name, kind }: Actor,
): Promise<boolean> {
  const count = await tx.$executeRaw`
    INSERT INTO "OverrideReview" ("decisionId", "comment", "at", "reviewerIssuer", "reviewerSubject", "reviewerName", "reviewerKind")
    VALUES (${decisionId}::uuid, ${comment}, ${at}, ${issuer}, ${subject}, ${name}, ${kind}::"ActorKind")
    ON CONFLICT ("decisionId") DO NOTHING`;
  return count > 0;
}
