import type { Stage } from "../../domain/versions/stage.js";
import { Prisma, type PrismaClient } from "../generated/client.js";
import { indexedRows, inOrder } from "../json/json-rows.js";

type QueryClient = Pick<PrismaClient, "$queryRaw">;

/** The version that was in a stage of a model, or under an alias of it, and since when. */
export interface PastHolder {
  readonly versionId: string;
  readonly since: Date;
}

/**
 * Whether a stay includes a time: it began at that time or earlier, and ended later or not at all. While its model was
 * deleted, no version was in any stage or under any alias.
 */
function includes(stay: Prisma.Sql, at: Date): Prisma.Sql {
  return Prisma.sql`${stay}."since" <= ${at} AND (${stay}."until" IS NULL OR ${stay}."until" > ${at})
    AND NOT EXISTS (
      SELECT FROM "ModelAbsence" AS a WHERE a."modelId" = ${stay}."modelId"
        AND a."since" <= ${at} AND (a."until" IS NULL OR a."until" > ${at}))`;
}

/** For each model and stage, of the versions that were in the stage at the time, the one that entered last; null for none. */
export function findHoldersAt(
  db: QueryClient,
  wanted: readonly { readonly modelId: string; readonly stage: Stage }[],
  at: Date,
): Promise<(PastHolder | null)[]> {
  const rows = wanted.map(({ modelId, stage }) => ({ modelId, key: stage }));
  return findLatestStays(db, { table: "StageStay", column: "stage", type: "Stage" }, rows, at);
}

/** For each model and alias, the version that the alias pointed to at the time; null if it was not set. */
export function findAliasesAt(
  db: QueryClient,
  wanted: readonly { readonly modelId: string; readonly alias: string }[],
  at: Date,
): Promise<(PastHolder | null)[]> {
  const rows = wanted.map(({ modelId, alias }) => ({ modelId, key: alias }));
  return findLatestStays(db, { table: "AliasStay", column: "name", type: "text" }, rows, at);
}

interface StayTable {
  readonly table: "StageStay" | "AliasStay";
  /** The column that holds the stage or the alias, and its type. */
  readonly column: "stage" | "name";
  readonly type: "Stage" | "text";
}

async function findLatestStays(
  db: QueryClient,
  { table, column, type }: StayTable,
  wanted: readonly { readonly modelId: string; readonly key: string }[],
  at: Date,
): Promise<(PastHolder | null)[]> {
  const name = (text: string) => Prisma.raw(`"${text}"`);
  const rows = await db.$queryRaw<(PastHolder & { index: number })[]>`
    SELECT w."index", h."versionId", h."since"
    FROM json_to_recordset(${indexedRows(wanted)}::json) AS w("index" int, "modelId" uuid, "key" ${name(type)})
    CROSS JOIN LATERAL (
      SELECT s."versionId", s."since" FROM ${name(table)} AS s
      WHERE s."modelId" = w."modelId" AND s.${name(column)} = w."key" AND ${includes(Prisma.sql`s`, at)}
      ORDER BY s."since" DESC, s."revision" DESC LIMIT 1
    ) AS h`;
  return inOrder(wanted, rows);
}

/** For each model and stage, how many versions were in the stage at the time. */
export async function countInStageAt(
  db: QueryClient,
  wanted: readonly { readonly modelId: string; readonly stage: Stage }[],
  at: Date,
): Promise<number[]> {
  const modelIds = [...new Set(wanted.map(({ modelId }) => modelId))];
  const rows = await db.$queryRaw<{ modelId: string; stage: Stage; count: number }[]>`
    SELECT s."modelId", s."stage"::text AS "stage", count(*)::int AS "count" FROM "StageStay" AS s
    WHERE s."modelId" = ANY(${modelIds}::uuid[]) AND ${includes(Prisma.sql`s`, at)}
    GROUP BY 1, 2`;
  const counts = new Map(rows.map(({ modelId, stage, count }) => [`${modelId} ${stage}`, count]));
  return wanted.map(({ modelId, stage }) => counts.get(`${modelId} ${stage}`) ?? 0);
}
