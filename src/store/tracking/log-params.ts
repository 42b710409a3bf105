import type { Author } from "../../domain/access/author.js";
import { authorId } from "../across/author-id.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma } from "../generated/client.js";

interface Param {
  readonly key: string;
  readonly value: string;
}

/** The table of each noun's params. */
const PARAM_TABLES = {
  Run: { table: Prisma.sql`"RunParam"`, owner: Prisma.sql`"runId"` },
  LoggedModel: { table: Prisma.sql`"LoggedModelParam"`, owner: Prisma.sql`"loggedModelId"` },
} as const;

interface ParamOwner {
  readonly noun: keyof typeof PARAM_TABLES;
  readonly id: string;
}

/**
 * Writes the params that do not exist yet. Returns the existing params that have another value: no value is ever replaced.
 * Always two statements; waits for a concurrent writer of the same key.
 */
export async function logParams(
  tx: Transaction,
  { noun, id }: ParamOwner,
  { params, author }: { readonly params: readonly Param[]; readonly author: Author },
): Promise<Param[]> {
  if (params.length === 0) return [];
  const { table, owner } = PARAM_TABLES[noun];
  const given = JSON.stringify(params);
  await tx.$executeRaw`
    INSERT INTO ${table} (${owner}, "key", "value", "authorId")
    SELECT ${id}, g."key", g."value", ${authorId(author)}
    FROM json_to_recordset(${given}::json) AS g("key" text, "value" text)
    ORDER BY g."key" COLLATE "C"
    ON CONFLICT DO NOTHING`;
  return tx.$queryRaw<Param[]>`
    SELECT p."key", p."value" FROM ${table} AS p
    JOIN json_to_recordset(${given}::json) AS g("key" text, "value" text) ON g."key" = p."key"
    WHERE p.${owner} = ${id} AND p."value" <> g."value"
    ORDER BY p."key"`;
}
