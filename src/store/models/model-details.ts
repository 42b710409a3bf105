import type { Viewer } from "../../domain/access/actor.js";
import { sees } from "../access/visibility-sql.js";
import { type LatestVersion, latestVersions, toLatestVersions } from "../across/latest-versions.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

export interface ModelDetails {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly aliases: readonly { readonly name: string; readonly number: number }[];
  /** The living version with the highest number in each stage, in the order of their numbers. */
  readonly latest: readonly LatestVersion[];
}

export type ModelKey = { readonly ids: readonly string[] } | { readonly liveName: string };

/** The living models that the viewer may see, in one statement and any order. */
export async function readModelDetails(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  key: ModelKey,
): Promise<ModelDetails[]> {
  const isMeant =
    "ids" in key ? Prisma.sql`m."id" = ANY(${[...key.ids]}::uuid[])` : Prisma.sql`m."liveName" = ${key.liveName}`;
  const rows = await db.$queryRaw<
    (Omit<ModelDetails, "latest"> & { latest: Parameters<typeof toLatestVersions>[1] })[]
  >`
    SELECT m."id", m."name", m."description", m."createdAt", m."updatedAt",
      (SELECT coalesce(json_agg(json_build_object('key', t."key", 'value', t."value") ORDER BY t."key"), '[]')
        FROM "ModelTag" AS t WHERE t."modelId" = m."id") AS "tags",
      (SELECT coalesce(json_agg(json_build_object('name', a."name", 'number', v."number") ORDER BY a."name"), '[]')
        FROM "Alias" AS a JOIN "ModelVersion" AS v ON v."id" = a."versionId" WHERE a."modelId" = m."id") AS "aliases",
      ${latestVersions(Prisma.sql`m."id"`)} AS "latest"
    FROM "Model" AS m WHERE ${isMeant} AND ${sees("Model", viewer, { row: "m" })}`;
  return rows.map((row) => ({ ...row, latest: toLatestVersions(row.name, row.latest) }));
}
