import type { Viewer } from "../../domain/access/actor.js";
import { cursorAfter } from "../../domain/events/stream-cursor.js";
import type { Stage } from "../../domain/versions/stage.js";
import { textArray } from "../access/like-patterns.js";
import { coversName, sees } from "../access/visibility-sql.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

/** A version in a stage of a model, or under an alias of it. Exactly one of `stage` and `alias` is not null. */
export interface Holder {
  readonly modelName: string;
  readonly stage: Stage | null;
  readonly alias: string | null;
  readonly versionId: string;
  readonly versionNumber: number;
  readonly since: string;
}

export interface Holders {
  /** The position in the log at which the list is correct. */
  readonly cursor: string;
  readonly holders: readonly Holder[];
}

export interface HolderFilter {
  readonly models: readonly string[] | null;
  readonly stages: readonly Stage[];
  /** Null means all. */
  readonly aliases: readonly string[] | null;
}

/**
 * Reads which version is in which stage and under which alias, and the log's position at that moment, in one statement: a
 * stream from that position has no gap.
 */
export async function readHolders(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  { models, stages, aliases }: HolderFilter,
  limit: number,
): Promise<Holders> {
  const model = Prisma.sql`${sees("Model", viewer, { row: "m" })} AND ${coversName(Prisma.sql`m."name"`, models)}`;
  const [row] = await db.$queryRaw<{ logId: string; revision: bigint; hash: Uint8Array; holders: Holder[] }[]>`
    SELECT h."logId", h."revision", h."hash", coalesce((
      SELECT json_agg(s ORDER BY s."modelName", s."stage", s."alias") FROM (
        SELECT m."name" AS "modelName", shelf."stage"::text AS "stage", NULL::text AS "alias", v."id" AS "versionId",
          v."number" AS "versionNumber", v."stageSince" AS "since"
        FROM "Model" AS m JOIN "Shelf" AS shelf ON shelf."modelId" = m."id" JOIN "ModelVersion" AS v ON v."id" = shelf."currentId"
        WHERE ${model} AND shelf."stage"::text = ANY(${textArray(stages)}::text[])
        UNION ALL
        SELECT m."name", NULL, a."name", v."id", v."number", a."setAt"
        FROM "Model" AS m JOIN "Alias" AS a ON a."modelId" = m."id" JOIN "ModelVersion" AS v ON v."id" = a."versionId"
        WHERE ${model} AND (${aliases === null}::boolean OR a."name" = ANY(${textArray(aliases ?? [])}::text[]))
        LIMIT ${limit}::int
      ) AS s
    ), '[]') AS "holders"
    FROM "EventHead" AS h WHERE h."id" = 1`;
  if (!row) throw new Error("The log has no head.");
  return { cursor: cursorAfter(row.logId, row), holders: row.holders };
}
