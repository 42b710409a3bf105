import type { Author } from "../../domain/access/author.js";
import type { RuleResult } from "../../domain/governance/decision.js";
import { authorId } from "../across/author-id.js";
import type { Transaction } from "../connection/transaction.js";

export interface NewReview {
  readonly id: string;
  readonly requestId: string;
  readonly round: number;
  readonly verdict: "APPROVE" | "REJECT";
  readonly comment: string | null;
  /** What the rules said when it was reviewed. */
  readonly rules: readonly RuleResult[];
  readonly at: Date;
  /** The token's `jti` and `iat`, by which it can be revoked. */
  readonly tokenId: string | null;
  readonly tokenIssuedAt: Date | null;
}

/** Writes a review. Returns false if the person has reviewed this round of the request already: then nothing was written. */
export async function writeReview(tx: Transaction, review: NewReview, author: Author): Promise<boolean> {
  const { id, requestId, round, verdict, comment, rules, at, tokenId, tokenIssuedAt } = review;
  const count = await tx.$executeRaw`
    INSERT INTO "PromotionReview" ("id", "requestId", "round", "verdict", "comment", "rules", "at", "authorId",
      "reviewerIssuer", "reviewerSubject", "tokenId", "tokenIssuedAt")
    VALUES (${id}::uuid, ${requestId}::uuid, ${round}, ${verdict}::"PromotionVerdict", ${comment},
      ${JSON.stringify(rules)}::jsonb, ${at}, ${authorId(author)}, ${author.issuer}, ${author.subject}, ${tokenId}, ${tokenIssuedAt})
    ON CONFLICT ("requestId", "round", "reviewerIssuer", "reviewerSubject") DO NOTHING`;
  return count > 0;
}
