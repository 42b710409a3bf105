import type { Author } from "../../domain/access/author.js";
import type { CheckReport } from "../../domain/governance/check.js";
import { authorId } from "../across/author-id.js";
import type { Transaction } from "../connection/transaction.js";

export interface NewCheck extends CheckReport {
  readonly id: string;
  readonly versionId: string;
  readonly digest: string | null;
  readonly reportedAt: Date;
}

export async function writeCheck(tx: Transaction, check: NewCheck, author: Author): Promise<void> {
  const { id, versionId, name, status, summary, url, evidence, digest, reportedAt, expiresAt } = check;
  await tx.$executeRaw`
    INSERT INTO "Check" ("id", "versionId", "name", "status", "summary", "url", "evidence", "digest", "reportedAt", "expiresAt",
      "authorId")
    VALUES (${id}::uuid, ${versionId}::uuid, ${name}, ${status}::"CheckStatus", ${summary}, ${url},
      ${evidence === null ? null : JSON.stringify(evidence)}::jsonb, ${digest}, ${reportedAt}, ${expiresAt},
      ${authorId(author)})`;
}
