import type { Viewer } from "../../domain/access/actor.js";
import {
  type NumberComparison,
  rankSql,
  type TagComparison,
  type TextComparison,
  tagSql,
  textSql,
  timeSql,
} from "../across/comparisons.js";
import { afterSql, type FoundRow, keySql, orderSql, type SearchPage } from "../across/keyset.js";
import { inView, type View } from "../across/view.js";
import { Prisma, type PrismaClient } from "../generated/client.js";
import { orderOfRuns, type RunOrder } from "./run-order.js";

/** The texts of a run that filters compare. */
export type RunText = "id" | "name" | "status" | "user" | "artifactUri";

export interface RunSearch {
  /** The numbers of the experiments. */
  readonly experiments: readonly number[];
  readonly view: View;
  readonly texts: readonly { readonly of: RunText; readonly is: TextComparison }[];
  readonly times: readonly { readonly of: "startedAt" | "endedAt"; readonly is: NumberComparison }[];
  readonly metrics: readonly { readonly key: string; readonly is: NumberComparison }[];
  readonly params: readonly TagComparison[];
  readonly tags: readonly TagComparison[];
  readonly datasets: readonly { readonly of: "name" | "digest" | "context"; readonly is: TextComparison }[];
}

const TEXTS: Readonly<Record<RunText, Prisma.Sql>> = {
  id: Prisma.sql`r."id"`,
  name: Prisma.sql`coalesce(r."name", '')`,
  status: Prisma.sql`r."status"::text`,
  user: Prisma.sql`coalesce(r."user", '')`,
  artifactUri: Prisma.sql`coalesce(r."artifactUri", '')`,
};
const TIMES = { startedAt: Prisma.sql`r."startedAt"`, endedAt: Prisma.sql`r."endedAt"` };
const DATASET_TEXTS = {
  name: Prisma.sql`d."name"`,
  digest: Prisma.sql`d."digest"`,
  context: Prisma.sql`e."context"`,
};
const TAGS = { table: "RunTag", owner: "runId", row: Prisma.sql`r."id"` } as const;
const PARAMS = { table: "RunParam", owner: "runId", row: Prisma.sql`r."id"` } as const;

/** The runs of the experiments that the viewer may see and that match. */
export async function searchRuns(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  search: RunSearch,
  order: RunOrder,
  { after, limit }: SearchPage,
): Promise<FoundRow[]> {
  const { columns, joins } = orderOfRuns(order);
  const conditions = [
    Prisma.sql`x."number" = ANY(${[...search.experiments]}::int[])`,
    inView("Run", viewer, { aliases: { row: "r", joined: { experiment: "x" } }, view: search.view }),
    ...matching(search),
    afterSql(columns, after),
  ];
  return db.$queryRaw<FoundRow[]>`
    SELECT r."id", ${keySql(columns)} AS "key"
    FROM "Run" AS r JOIN "Experiment" AS x ON x."id" = r."experimentId" ${joins}
    WHERE ${Prisma.join(conditions, " AND ")} ORDER BY ${orderSql(columns)} LIMIT ${limit}::int`;
}

function matching({ texts, times, metrics, params, tags, datasets }: RunSearch): Prisma.Sql[] {
  return [
    ...texts.map(({ of, is }) => textSql(TEXTS[of], is)),
    ...times.map(({ of, is }) => timeSql(TIMES[of], is)),
    ...metrics.map(
      ({ key, is }) =>
        Prisma.sql`EXISTS (SELECT FROM (${latestRank(key)}) AS l WHERE ${rankSql(Prisma.sql`l."rank"`, is)})`,
    ),
    ...params.map((param) => tagSql(PARAMS, param)),
    ...tags.map((tag) => tagSql(TAGS, tag)),
    ...(datasets.length > 0 ? [datasetSql(datasets)] : []),
  ];
}

/** The latest value of a metric of the run, whichever dataset it was measured on. */
function latestRank(key: string): Prisma.Sql {
  return Prisma.sql`SELECT s."rank" FROM "MetricSeries" AS s WHERE s."runId" = r."id" AND s."key" = ${key} AND s."loggedModelId" IS NULL
    ORDER BY s."step" DESC, s."timestamp" DESC, s."rank" DESC LIMIT 1`;
}

/** All conditions on one dataset that the run read. */
function datasetSql(datasets: RunSearch["datasets"]): Prisma.Sql {
  const conditions = datasets.map(({ of, is }) => textSql(DATASET_TEXTS[of], is));
  return Prisma.sql`EXISTS (
    SELECT FROM "LineageEdge" AS e JOIN "Dataset" AS d ON d."id" = e."fromDatasetId"
    WHERE e."toRunId" = r."id" AND d."deletedAt" IS NULL AND ${Prisma.join(conditions, " AND ")})`;
}
