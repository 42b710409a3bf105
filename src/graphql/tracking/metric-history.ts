import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { toConnection } from "../kit/connection.js";
import { pageTypes } from "../kit/page-types.js";
import { type ListOrder, type PageArgs, planPage } from "../kit/paging.js";
import { selectNestedRows } from "../kit/row-selection.js";
import { counter, type ReadCounts } from "../request/loaders.js";
import { MetricPoint } from "./metric.js";
import { Run } from "./run.js";
import { DatasetRef, type GivenDataset, toDatasetRef } from "./tracking-refs.js";

const pages = pageTypes(MetricPoint, { one: "a metric value", many: "metric values" });

/** The order of the primary key. */
const BY_STEP: ListOrder = {
  columns: [
    { name: "step", kind: "bigint" },
    { name: "timestamp", kind: "date" },
    { name: "rank", kind: "bigint" },
  ],
  direction: "asc",
};

/** The primary key of a point, which the type needs. It has the columns of the cursors too. */
const COLUMNS = { seriesId: true, step: true, timestamp: true, rank: true } as const;

interface HistoryArgs extends PageArgs {
  readonly key: string;
  readonly dataset?: GivenDataset | null | undefined;
}

function seriesWhere({ key, dataset }: HistoryArgs): Prisma.MetricSeriesWhereInput {
  if (!dataset) return { key, datasetId: null, loggedModelId: null };
  return { key, loggedModelId: null, dataset: { ...toDatasetRef("dataset", dataset), deletedAt: null } };
}

function planHistory(args: HistoryArgs) {
  return planPage(args, BY_STEP, { name: "Run.metricHistory", where: seriesWhere(args) });
}

/** Counts the points of the matching series. A run has at most one. */
const readCounts: ReadCounts<Prisma.MetricSeriesWhereInput> = async ({ metricSeries, metricPoint }, where, runIds) => {
  const series = await metricSeries.findMany({
    where: { AND: [where, { runId: { in: runIds } }] },
    select: { id: true, runId: true },
  });
  const counts = await metricPoint.groupBy({
    by: ["seriesId"],
    where: { seriesId: { in: series.map(({ id }) => id) } },
    _count: { _all: true },
  });
  const bySeries = new Map(counts.map(({ seriesId, _count }) => [seriesId, _count._all]));
  return series.map(({ id, runId }) => [runId, bySeries.get(id) ?? 0]);
};

const countPoints = counter(readCounts);

builder.prismaObjectField(Run, "metricHistory", (t) =>
  t.connection(
    {
      type: MetricPoint,
      description:
        "All values of one metric, ordered by step, then by time. `last` starts from the end. For plots, use `metricSeries`.",
      args: {
        key: t.arg.string({ required: true, description: "The metric's key." }),
        dataset: t.arg({
          type: DatasetRef,
          description: "The dataset on which the values were measured. Default: values without a dataset.",
        }),
      },
      select: (args, _context, nested) => {
        const points = selectNestedRows(nested, "MetricPoint", {
          page: planHistory(args),
          where: {},
          columns: COLUMNS,
        });
        return { series: { where: seriesWhere(args), take: 1, select: { id: true, points } } };
      },
      resolve: ({ id, series }, args, context) =>
        toConnection(series[0]?.points ?? [], planHistory(args), () => countPoints(context, seriesWhere(args), id)),
    },
    ...pages,
  ),
);
