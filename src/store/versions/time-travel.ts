import type { Stage } from "../../domain/versions/stage.js";
import { jsonRows } from "../connection/json-rows.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

type Reader = Pick<PrismaClient, "$queryRaw">;

/** Who stood on a stage of a model, or under an alias of it, and since when. */
export interface Stood {
  readonly versionId: string;
  readonly since: Date;
}

/**
 * A stay holds at a time if it had begun by then and had not ended; while its model was deleted, nobody stood anywhere.
 * What was told at the very time counts.
 */
function held(stay: Prisma.Sql, at: Date): Prisma.Sql {
  return Prisma.sql`${stay}."since" <= ${at} AND (${stay}."until" IS NULL OR ${stay}."until" > ${at})
    AND NOT EXISTS (
      SELECT FROM "ModelAbsence" AS a WHERE a."modelId" = ${stay}."modelId"
        AND a."since" <= ${at} AND (a."until" IS NULL OR a."until" > ${at}))`;
}

/** For each model and stage who came to stand there last, of those that stood there at the time; null for nobody. */
export async function findHoldersAt(
  db: Reader,
  wanted: readonly { readonly modelId: string; readonly stage: Stage }[],
  at: Date,
): Promise<(Stood | null)[]> {
  const rows = await db.$queryRaw<(Stood & { index: number })[]>`
    SELECT w."index", h."versionId", h."since"
    FROM json_to_recordset(${indexed(wanted)}::json) AS w("index" int, "modelId" uuid, "stage" "Stage")
    CROSS JOIN LATERAL (
      SELECT s."versionId", s."since" FROM "StageStay" AS s
      WHERE s."modelId" = w."modelId" AND s."stage" = w."stage" AND ${held(Prisma.sql`s`, at)}
      ORDER BY s."since" DESC, s."revision" DESC LIMIT 1
    ) AS h`;
  return inOrder(wanted, rows);
}

/** For each model and alias the version that it was on at the time; null if it was not set. */
export async function findAliasesAt(
  db: Reader,
  wanted: readonly { readonly modelId: string; readonly alias: string }[],
  at: Date,
): Promise<(Stood | null)[]> {
  const rows = await db.$queryRaw<(Stood & { index: number })[]>`
    SELECT w."index", h."versionId", h."since"
    FROM json_to_recordset(${indexed(wanted)}::json) AS w("index" int, "modelId" uuid, "alias" text)
    CROSS JOIN LATERAL (
      SELECT s."versionId", s."since" FROM "AliasStay" AS s
      WHERE s."modelId" = w."modelId" AND s."name" = w."alias" AND ${held(Prisma.sql`s`, at)}
      ORDER BY s."since" DESC, s."revision" DESC LIMIT 1
    ) AS h`;
  return inOrder(wanted, rows);
}

/** For each model and stage how many versions stood there at the time. */
export async function countStandingAt(
  db: Reader,
  wanted: readonly { readonly modelId: string; readonly stage: Stage }[],
  at: Date,
): Promise<number[]> {
  const modelIds = [...new Set(wanted.map(({ modelId }) => modelId))];
  const rows = await db.$queryRaw<{ modelId: string; stage: Stage; count: number }[]>`
    SELECT s."modelId", s."stage"::text AS "stage", count(*)::int AS "count" FROM "StageStay" AS s
    WHERE s."modelId" = ANY(${modelIds}::uuid[]) AND ${held(Prisma.sql`s`, at)}
    GROUP BY 1, 2`;
  const counts = new Map(rows.map(({ modelId, stage, count }) => [`${modelId} ${stage}`, count]));
  return wanted.map(({ modelId, stage }) => counts.get(`${modelId} ${stage}`) ?? 0);
}

function indexed(wanted: readonly object[]): string {
  return jsonRows(wanted.map((each, index) => ({ ...each, index })));
}

function inOrder(wanted: readonly object[], rows: readonly (Stood & { index: number })[]): (Stood | null)[] {
  const found = new Map(rows.map(({ index, ...stood }) => [index, stood]));
  return wanted.map((_, index) => found.get(index) ?? null);
}
