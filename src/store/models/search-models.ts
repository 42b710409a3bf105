import type { Viewer } from "../../domain/access/actor.js";
import { PROMPT_TAG } from "../../domain/models/prompt.js";
import { sees } from "../access/visibility-sql.js";
import { type TagComparison, type TextComparison, tagSql, textSql } from "../across/comparisons.js";
import { afterSql, type FoundRow, type KeyColumn, orderSql, type SearchPage } from "../across/keyset.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

export interface ModelSearch {
  readonly names: readonly TextComparison[];
  readonly tags: readonly TagComparison[];
  /** Whether models that hold prompts are left out. */
  readonly withoutPrompts: boolean;
}

export type ModelOrderField = "name" | "updatedAt";
export type ModelOrder = readonly { readonly by: ModelOrderField; readonly direction: "asc" | "desc" }[];

const TAGS = { table: "ModelTag", owner: "modelId", row: Prisma.sql`m."id"` } as const;
export const IS_PROMPT: TagComparison = { key: PROMPT_TAG, is: { op: "=", value: "true" } };

const COLUMNS: Readonly<Record<ModelOrderField, Pick<KeyColumn, "sql" | "kind">>> = {
  name: { sql: Prisma.sql`m."name"`, kind: "text" },
  updatedAt: { sql: Prisma.sql`m."updatedAt"`, kind: "time" },
};

/** The living models that the viewer may see and that match. The order ends with the name, which is unique among them. */
export async function searchModels(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  { names, tags, withoutPrompts }: ModelSearch,
  order: ModelOrder,
  { after, limit }: SearchPage,
): Promise<FoundRow[]> {
  const columns = order.map(({ by, direction }) => ({ ...COLUMNS[by], direction }));
  const conditions = [
    sees("Model", viewer, { row: "m" }),
    ...names.map((is) => textSql(Prisma.sql`m."name"`, is, Prisma.sql`m."nameText"`)),
    ...tags.map((tag) => tagSql(TAGS, tag)),
    ...(withoutPrompts ? [Prisma.sql`NOT ${tagSql(TAGS, IS_PROMPT)}`] : []),
    afterSql(columns, after),
  ];
  const rows = await db.$queryRaw<{ id: string; name: string; updatedAt: Date }[]>`
    SELECT m."id", m."name", m."updatedAt" FROM "Model" AS m
    WHERE ${Prisma.join(conditions, " AND ")} ORDER BY ${orderSql(columns)} LIMIT ${limit}::int`;
  return rows.map(({ id, name, updatedAt }) => {
    const values = { name, updatedAt: updatedAt.getTime() };
    return { id, key: order.map(({ by }) => values[by]) };
  });
}
