import type { Viewer } from "../../domain/access/actor.js";
import { LOWEST_NUMBER_RANK } from "../../domain/tracking/metric.js";
import { sees } from "../access/visibility-sql.js";
import {
  type NumberComparison,
  rankSql,
  type TagComparison,
  type TextComparison,
  tagSql,
  textSql,
  timeSql,
} from "../across/comparisons.js";
import { afterSql, type FoundRow, type KeyColumn, keySql, orderSql, type SearchPage } from "../across/keyset.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

export interface DatasetName {
  readonly name: string;
  readonly digest: string | null;
}

/** A condition on the latest value of a metric; NaN meets none but `!=`. */
export interface MetricComparison {
  readonly key: string;
  readonly is: NumberComparison;
}

type TextColumn = "id" | "name" | "modelType" | "sourceRunId" | "status";
type TimeColumn = "createdAt" | "updatedAt";

export interface LoggedModelSearch {
  /** The numbers of the experiments. */
  readonly experiments: readonly number[];
  readonly texts: readonly { readonly column: TextColumn; readonly is: TextComparison }[];
  readonly times: readonly { readonly column: TimeColumn; readonly is: NumberComparison }[];
  readonly tags: readonly TagComparison[];
  readonly params: readonly TagComparison[];
  readonly metrics: readonly MetricComparison[];
  /** Only metrics that were measured on one of these, and logged models that have such metrics; empty = all. */
  readonly datasets: readonly DatasetName[];
}

/** By a column, or by the latest value of a metric; what has none comes last. */
export interface LoggedModelOrderTerm {
  readonly by: "name" | "id" | TimeColumn | `metric:${string}`;
  readonly direction: "asc" | "desc";
  readonly metric?: { readonly key: string; readonly dataset: DatasetName | null };
}

const TEXTS: Readonly<Record<TextColumn, { sql: Prisma.Sql; copy?: Prisma.Sql }>> = {
  id: { sql: Prisma.sql`l."id"` },
  name: { sql: Prisma.sql`l."name"`, copy: Prisma.sql`l."nameText"` },
  modelType: { sql: Prisma.sql`coalesce(l."modelType", '')` },
  sourceRunId: { sql: Prisma.sql`coalesce(l."sourceRunId", '')` },
  status: { sql: Prisma.sql`l."status"::text` },
};
const TAGS = { table: "LoggedModelTag", owner: "loggedModelId", row: Prisma.sql`l."id"` } as const;
const PARAMS = { ...TAGS, table: "LoggedModelParam" } as const;
const MAX_RANK = 2n ** 63n - 1n;
const MIN_RANK = -(2n ** 63n);

/** The living logged models that the viewer may see and that match. The order ends with the id. */
export async function searchLoggedModels(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  search: LoggedModelSearch,
  order: readonly LoggedModelOrderTerm[],
  { after, limit }: SearchPage,
): Promise<FoundRow[]> {
  const columns = order.map((term): KeyColumn => ({ ...columnOf(viewer, term), direction: term.direction }));
  const conditions = [
    sees("LoggedModel", viewer, { row: "l", joined: { experiment: "x" } }),
    Prisma.sql`x."number" = ANY(${[...search.experiments]}::int[])`,
    ...search.texts.map(({ column, is }) => textSql(TEXTS[column].sql, is, TEXTS[column].copy)),
    ...search.times.map(({ column, is }) => timeSql(Prisma.raw(`l."${column}"`), is)),
    ...search.tags.map((tag) => tagSql(TAGS, tag)),
    ...search.params.map((param) => tagSql(PARAMS, param)),
    ...search.metrics.map((metric) => metricSql(viewer, metric, search.datasets)),
    ...(search.datasets.length > 0 ? [measuredSql(viewer, Prisma.sql`true`, search.datasets)] : []),
    afterSql(columns, after),
  ];
  return db.$queryRaw<FoundRow[]>`
    SELECT l."id", ${keySql(columns)} AS "key"
    FROM "LoggedModel" AS l JOIN "Experiment" AS x ON x."id" = l."experimentId"
    WHERE ${Prisma.join(conditions, " AND ")} ORDER BY ${orderSql(columns)} LIMIT ${limit}::int`;
}

function columnOf(viewer: Viewer, { by, direction, metric }: LoggedModelOrderTerm): Pick<KeyColumn, "sql" | "kind"> {
  if (!metric) {
    return { sql: Prisma.raw(`l."${by}"`), kind: by === "createdAt" || by === "updatedAt" ? "time" : "text" };
  }
  const last = (direction === "asc" ? MAX_RANK : MIN_RANK).toString();
  const { key, dataset } = metric;
  const latest = Prisma.sql`
    SELECT s."rank" ${seriesOf(viewer, dataset ? [dataset] : [])} AND s."key" = ${key} AND s."rank" >= ${LOWEST_NUMBER_RANK.toString()}::bigint
    ORDER BY s."step" DESC, s."timestamp" DESC, s."rank" DESC LIMIT 1`;
  return { sql: Prisma.sql`coalesce((${latest}), ${last}::bigint)`, kind: "bigint" };
}

/** The series of the logged model `l` that a run measured which the viewer may see. */
function seriesOf(viewer: Viewer, datasets: readonly DatasetName[]): Prisma.Sql {
  const on = datasets.map(({ name, digest }) =>
    digest === null ? Prisma.sql`d."name" = ${name}` : Prisma.sql`(d."name" = ${name} AND d."digest" = ${digest})`,
  );
  const isOn = on.length > 0 ? Prisma.sql`AND (${Prisma.join(on, " OR ")})` : Prisma.empty;
  return Prisma.sql`
    FROM "MetricSeries" AS s JOIN "Run" AS r ON r."id" = s."runId" JOIN "Experiment" AS e ON e."id" = r."experimentId"
    LEFT JOIN "Dataset" AS d ON d."id" = s."datasetId" AND d."deletedAt" IS NULL
    WHERE s."loggedModelId" = l."id" AND ${sees("Run", viewer, { row: "r", joined: { experiment: "e" } })} ${isOn}`;
}

function measuredSql(viewer: Viewer, condition: Prisma.Sql, datasets: readonly DatasetName[]): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT ${seriesOf(viewer, datasets)} AND ${condition})`;
}

function metricSql(viewer: Viewer, { key, is }: MetricComparison, datasets: readonly DatasetName[]): Prisma.Sql {
  return measuredSql(viewer, Prisma.sql`s."key" = ${key} AND ${rankSql(Prisma.sql`s."rank"`, is)}`, datasets);
}
