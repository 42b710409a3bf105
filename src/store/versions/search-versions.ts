import type { Viewer } from "../../domain/access/actor.js";
import { holdsScope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { sees } from "../access/visibility-sql.js";
import {
  type NumberComparison,
  numberSql,
  type TagComparison,
  type TextComparison,
  tagSql,
  textSql,
} from "../across/comparisons.js";
import { afterSql, type FoundRow, type KeyColumn, orderSql, type SearchPage } from "../across/keyset.js";
import { Prisma, type PrismaClient } from "../generated/client.js";
import { IS_PROMPT } from "../models/search-models.js";

export interface VersionSearch {
  readonly names: readonly TextComparison[];
  readonly numbers: readonly NumberComparison[];
  /** The run that made the version, of this registry or another. */
  readonly runs: readonly TextComparison[];
  /** The caller has required the scope of the source. */
  readonly sources: readonly TextComparison[];
  readonly tags: readonly TagComparison[];
  /** Whether versions of prompts are left out. */
  readonly withoutPrompts: boolean;
}

export type VersionOrderField = "name" | "number" | "createdAt" | "updatedAt";
export type VersionOrder = readonly { readonly by: VersionOrderField; readonly direction: "asc" | "desc" }[];

const TAGS = { table: "ModelVersionTag", owner: "versionId", row: Prisma.sql`v."id"` } as const;

const COLUMNS: Readonly<Record<VersionOrderField, Pick<KeyColumn, "sql" | "kind">>> = {
  name: { sql: Prisma.sql`m."name"`, kind: "text" },
  number: { sql: Prisma.sql`v."number"`, kind: "number" },
  createdAt: { sql: Prisma.sql`v."createdAt"`, kind: "time" },
  updatedAt: { sql: Prisma.sql`v."updatedAt"`, kind: "time" },
};

/** The living versions that the viewer may see and that match. The order holds name and number, which are unique together. */
export async function searchVersions(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  { names, numbers, runs, sources, tags, withoutPrompts }: VersionSearch,
  order: VersionOrder,
  { after, limit }: SearchPage,
): Promise<FoundRow[]> {
  const columns = order.map(({ by, direction }) => ({ ...COLUMNS[by], direction }));
  const conditions = [
    sees("ModelVersion", viewer, { row: "v", joined: { model: "m" } }),
    ...names.map((is) => textSql(Prisma.sql`m."name"`, is, Prisma.sql`m."nameText"`)),
    ...numbers.map((is) => numberSql(Prisma.sql`v."number"`, is)),
    ...runs.map((is) => runSql(viewer, is)),
    ...sources.map(sourceSql),
    ...tags.map((tag) => tagSql(TAGS, tag)),
    ...(withoutPrompts ? [Prisma.sql`NOT ${tagSql(TAGS, IS_PROMPT)}`] : []),
    afterSql(columns, after),
  ];
  const rows = await db.$queryRaw<{ id: string; name: string; number: number; createdAt: Date; updatedAt: Date }[]>`
    SELECT v."id", m."name", v."number", v."createdAt", v."updatedAt"
    FROM "ModelVersion" AS v JOIN "Model" AS m ON m."id" = v."modelId"
    WHERE ${Prisma.join(conditions, " AND ")} ORDER BY ${orderSql(columns)} LIMIT ${limit}::int`;
  return rows.map(({ id, name, number, createdAt, updatedAt }) => {
    const values = { name, number, createdAt: createdAt.getTime(), updatedAt: updatedAt.getTime() };
    return { id, key: order.map(({ by }) => values[by]) };
  });
}

/** A run of this registry counts only for a viewer who may see it. Equal ids are looked up in the indexes of both columns. */
function runSql(viewer: Viewer, is: TextComparison): Prisma.Sql {
  const external = Prisma.sql`v."externalRunId"`;
  const own = Prisma.sql`v."runId"`;
  const isSeen = holdsScope(viewer.scopes, TYPE_SCOPE.Run)
    ? Prisma.sql`EXISTS (SELECT FROM "Run" AS r WHERE r."id" = ${own} AND ${sees("Run", viewer, { row: "r" })})`
    : Prisma.sql`false`;
  if (is.op === "=" || is.op === "IN") {
    return Prisma.sql`(${textSql(external, is)} OR (${textSql(own, is)} AND ${isSeen}))`;
  }
  return textSql(Prisma.sql`coalesce(${external}, CASE WHEN ${isSeen} THEN ${own} END, '')`, is);
}

/** The index of sources is on their hash. */
function sourceSql(is: TextComparison): Prisma.Sql {
  const hash = is.op === "=" ? Prisma.sql`v."sourceHash" = md5(${is.value}) AND` : Prisma.empty;
  return Prisma.sql`(${hash} ${textSql(Prisma.sql`v."source"`, is)})`;
}
