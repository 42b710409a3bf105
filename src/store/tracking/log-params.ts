import type { Author } from "../../domain/access/author.js";
import { authorId } from "../across/author-id.js";
import type { Transaction } from "../connection/transaction.js";

interface Param {
  readonly key: string;
  readonly value: string;
}

/**
 * Writes the params that do not exist yet. Returns the existing params that have another value: no value is ever replaced.
 * Always two statements; waits for a concurrent writer of the same key.
 */
export async function logParams(
  tx: Transaction,
  runId: string,
  { params, author }: { readonly params: readonly Param[]; readonly author: Author },
): Promise<Param[]> {
  if (params.length === 0) return [];
  const given = JSON.stringify(params);
  await tx.$executeRaw`
    INSERT INTO "RunParam" ("runId", "key", "value", "authorId")
    SELECT ${runId}, g."key", g."value", ${authorId(author)}
    FROM json_to_recordset(${given}::json) AS g("key" text, "value" text)
    ORDER BY g."key" COLLATE "C"
    ON CONFLICT DO NOTHING`;
  return tx.$queryRaw<Param[]>`
    SELECT p."key", p."value" FROM "RunParam" AS p
    JOIN json_to_recordset(${given}::json) AS g("key" text, "value" text) ON g."key" = p."key"
    WHERE p."runId" = ${runId} AND p."value" <> g."value"
    ORDER BY p."key"`;
}
