import type { Viewer } from "../../domain/access/actor.js";
import { coveredModel } from "../../domain/access/visibility.js";
import type { ReportFilter } from "../../domain/reports/report-filter.js";
import { textArray } from "../access/like-patterns.js";
import { coversName, toSql } from "../access/visibility-sql.js";
import { tagSql } from "../across/comparisons.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

export type ReportDatabase = Pick<PrismaClient, "$queryRaw">;

/** The revisions between which a page is, both exclusive; null = no bound. */
export interface ReportRange {
  readonly after: bigint | null;
  readonly before: bigint | null;
  readonly newestFirst: boolean;
  readonly limit: number;
}

/**
 * So many models are read one by one, each from its own part of the index, and merged. With more of them the promotions are
 * walked in order, and those of other models are passed over.
 */
const MERGED_MODELS = 100;

/** The rows of "Promotion" of a page, as a statement. Finds out first which models the filter and the token leave. */
export async function selectPage(
  db: ReportDatabase,
  viewer: Viewer,
  filter: ReportFilter,
  { newestFirst, limit, ...range }: ReportRange,
): Promise<Prisma.Sql> {
  const order = newestFirst ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const last = Prisma.sql`ORDER BY p."revision" ${order} LIMIT ${limit}::int`;
  const rows = Prisma.sql`SELECT p.* FROM "Promotion" AS p`;
  const where = Prisma.join([isInRange(range), ...conditionsOf(filter)], " AND ");
  const models = modelsOf(viewer, filter);
  if (models === null) return Prisma.sql`${rows} WHERE ${where} ${last}`;
  const few = await db.$queryRaw<{ id: string }[]>`
    SELECT m."id" FROM "Model" AS m WHERE ${models} LIMIT ${MERGED_MODELS + 1}::int`;
  if (few.length > MERGED_MODELS)
    return Prisma.sql`${rows} JOIN "Model" AS m ON m."id" = p."modelId" AND ${models} WHERE ${where} ${last}`;
  return Prisma.sql`SELECT p.* FROM unnest(${few.map(({ id }) => id)}::uuid[]) AS m ("id")
    CROSS JOIN LATERAL (${rows} WHERE p."modelId" = m."id" AND ${where} ${last}) AS p ${last}`;
}

export async function countPromotions(db: ReportDatabase, viewer: Viewer, filter: ReportFilter): Promise<number> {
  const where = Prisma.join([Prisma.sql`true`, ...conditionsOf(filter)], " AND ");
  const models = modelsOf(viewer, filter);
  const join = models ? Prisma.sql`JOIN "Model" AS m ON m."id" = p."modelId" AND ${models}` : Prisma.empty;
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Promotion" AS p ${join} WHERE ${where}`;
  return row?.count ?? 0;
}

/** The condition on the model `m`; null if there is none. A name that the token does not cover matches no filter. */
function modelsOf(viewer: Viewer, { models, tag }: ReportFilter): Prisma.Sql | null {
  const conditions = [
    ...(viewer.modelGlobs === null ? [] : [toSql("Model", coveredModel(viewer), { row: "m" })]),
    ...(models === undefined ? [] : [isNamed(viewer, models)]),
    ...(tag === undefined ? [] : [hasTag(tag)]),
  ];
  return conditions.length === 0 ? null : Prisma.join(conditions, " AND ");
}

function isNamed({ modelGlobs }: Viewer, models: readonly string[]): Prisma.Sql {
  const name = Prisma.sql`n."name"`;
  return Prisma.sql`(${coversName(Prisma.sql`m."name"`, models)} OR m."id" IN (
    SELECT n."modelId" FROM "PromotedName" AS n WHERE ${coversName(name, models)} AND ${coversName(name, modelGlobs)}))`;
}

const MODEL_TAG = { table: "ModelTag", owner: "modelId", row: Prisma.sql`m."id"` } as const;

function hasTag({ key, value }: NonNullable<ReportFilter["tag"]>): Prisma.Sql {
  return tagSql(MODEL_TAG, { key, is: value === undefined ? undefined : { op: "=", value } });
}

function conditionsOf({ revision, stages, aliases, overridden, heldBefore, from, to }: ReportFilter): Prisma.Sql[] {
  return [
    ...(revision === undefined ? [] : [Prisma.sql`p."revision" = ${revision}::bigint`]),
    ...(stages === undefined && aliases === undefined ? [] : [isTarget(stages ?? [], aliases ?? [])]),
    ...flag("overridden", overridden),
    ...flag("heldBefore", heldBefore),
    ...(from === undefined ? [] : [Prisma.sql`p."at" >= ${from} AND p."revision" >= ${firstRevisionFrom(from)}`]),
    ...(to === undefined ? [] : [Prisma.sql`p."at" < ${to} AND p."revision" < ${firstRevisionFrom(to)}`]),
  ];
}

/** One stage or alias is compared with `=`, so that its part of an index is in the order of revisions. */
function isTarget(stages: readonly string[], aliases: readonly string[]): Prisma.Sql {
  const storable = textArray(aliases);
  const inStages =
    stages.length === 1
      ? Prisma.sql`p."stage" = ${stages[0]}::"Stage"`
      : Prisma.sql`p."stage" = ANY (${[...stages]}::"Stage"[])`;
  const inAliases =
    storable.length === 1 ? Prisma.sql`p."alias" = ${storable[0]}` : Prisma.sql`p."alias" = ANY (${storable}::text[])`;
  if (aliases.length === 0) return inStages;
  return stages.length === 0 ? inAliases : Prisma.sql`(${inStages} OR ${inAliases})`;
}

/** Written as the predicates of the partial indexes are. */
function flag(column: "overridden" | "heldBefore", wanted: boolean | undefined): Prisma.Sql[] {
  if (wanted === undefined) return [];
  return [wanted ? Prisma.raw(`p."${column}"`) : Prisma.raw(`NOT p."${column}"`)];
}

/** The log's time never goes back, so a time is a place in the order of revisions, from which an index can start. */
function firstRevisionFrom(at: Date): Prisma.Sql {
  return Prisma.sql`coalesce((SELECT f."revision" FROM "Promotion" AS f WHERE f."at" >= ${at}
    ORDER BY f."at", f."revision" LIMIT 1), 9223372036854775807)`;
}

function isInRange({ after, before }: Pick<ReportRange, "after" | "before">): Prisma.Sql {
  const conditions = [
    ...(after === null ? [] : [Prisma.sql`p."revision" > ${after}::bigint`]),
    ...(before === null ? [] : [Prisma.sql`p."revision" < ${before}::bigint`]),
  ];
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, " AND ");
}
