import type { MetricPoint as Point, Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { nestedRowsQuery, toConnection } from "../kit/connection.js";
import { pageTypes } from "../kit/page-types.js";
import { type ListOrder, planPage } from "../kit/paging.js";
import { MetricPoint } from "./metric.js";
import { Run } from "./run.js";
import { DatasetRef, type GivenDataset, toDatasetRef } from "./tracking-refs.js";

const pages = pageTypes(MetricPoint, { one: "value of a metric", many: "values of a metric" });

/** The primary key's own order. */
const BY_STEP: ListOrder = {
  columns: [
    { name: "step", kind: "bigint" },
    { name: "timestamp", kind: "date" },
    { name: "rank", kind: "bigint" },
  ],
  direction: "asc",
};

interface HistoryArgs {
  readonly key: string;
  readonly dataset?: GivenDataset | null | undefined;
}

function seriesWhere({ key, dataset }: HistoryArgs): Prisma.MetricSeriesWhereInput {
  if (!dataset) return { key, datasetId: null };
  return { key, dataset: { ...toDatasetRef("dataset", dataset), deletedAt: null } };
}

builder.prismaObjectField(Run, "metricHistory", (t) =>
  t.connection(
    {
      type: MetricPoint,
      description:
        "All values of one metric, by step, then by time; `last` begins at the newest. For plots `metricSeries` is made.",
      args: {
        key: t.arg.string({ required: true, description: "The metric's key." }),
        dataset: t.arg({
          type: DatasetRef,
          description: "The dataset on which it was measured. Absent: values bound to none.",
        }),
      },
      select: (args, _context, nested) => {
        const page = planPage(args, BY_STEP, { name: "Run.metricHistory", where: seriesWhere(args) });
        const points = nestedRowsQuery(nested, "MetricPoint", page, {});
        return { series: { where: seriesWhere(args), take: 1, select: { id: true, points } } };
      },
      resolve: ({ id, series }, args, { loaders }) => {
        const page = planPage(args, BY_STEP, { name: "Run.metricHistory", where: seriesWhere(args) });
        const points = (series[0]?.points ?? []) as Point[];
        return toConnection(points, page, () => loaders.countPoints(seriesWhere(args), id));
      },
    },
    pages.Connection,
    pages.Edge,
  ),
);
