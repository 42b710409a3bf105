import type { GraphQLResolveInfo } from "graphql";
import { LOWEST_NUMBER_RANK } from "../../domain/tracking/metric.js";
import { visibleRun } from "../../store/access/visibility.js";
import { builder } from "../kit/builder.js";
import { rowsQuery, toConnection } from "../kit/connection.js";
import { parseRunReference } from "../kit/ids.js";
import { type PageArgs, planPage } from "../kit/paging.js";
import type { GraphQLContext } from "../request/context.js";
import { Run, runPages } from "./run.js";
import { RunFilter, type RunFilterShape, runWhere } from "./run-filter.js";
import { metricOfOrder, RunOrder, runOrder } from "./run-order.js";

interface RunsArgs extends PageArgs {
  readonly where?: RunFilterShape | null | undefined;
  readonly orderBy?: (typeof RunOrder)["$inferInput"] | null | undefined;
}

async function readRuns(context: GraphQLContext, info: GraphQLResolveInfo, args: RunsArgs) {
  const where = runWhere(context, args.where);
  const page = planPage(args, runOrder(args.orderBy), { name: "runs", where: args.where });
  const rows = await context.db.run.findMany({
    ...rowsQuery(context, info, "Run", page),
    where: { AND: [where, page.where] },
    orderBy: page.orderBy,
    take: page.take,
  });
  return toConnection(rows, page, () => context.db.run.count({ where }));
}

/** The order is that of an index on the latest values; the runs come with it. */
async function readRunsByMetric(context: GraphQLContext, info: GraphQLResolveInfo, args: RunsArgs, key: string) {
  const where = { key, datasetId: null, rank: { gte: LOWEST_NUMBER_RANK }, run: runWhere(context, args.where) };
  const page = planPage(args, runOrder(args.orderBy), { name: `runs by ${key}`, where: args.where });
  const rows = await context.db.metricSeries.findMany({
    where: { AND: [where, page.where] },
    orderBy: page.orderBy,
    take: page.take,
    select: {
      rank: true,
      runId: true,
      run: rowsQuery(context, info, "Run", { columns: [{ name: "id", kind: "text" }] }),
    },
  });
  const connection = toConnection(rows, page, () => context.db.metricSeries.count({ where }));
  return { ...connection, edges: connection.edges.map(({ cursor, node }) => ({ cursor, node: node.run })) };
}

builder.queryFields((t) => ({
  run: t.prismaField({
    type: Run,
    nullable: true,
    description:
      "The living run of this id; null if there is none, or none that the viewer may see. Asks for `runs:read`.",
    args: { id: t.arg.id({ required: true, description: "The run's own id, or its global id." }) },
    resolve: (query, _root, { id }, { db, viewer }) =>
      db.run.findFirst({ ...query, where: { AND: [{ id: parseRunReference("id", id) }, visibleRun(viewer)] } }),
  }),
  runs: t.connection(
    {
      type: Run,
      description: "The runs that the viewer may see, the newest first unless ordered otherwise. Asks for `runs:read`.",
      args: {
        where: t.arg({ type: RunFilter, description: "Which runs." }),
        orderBy: t.arg({ type: RunOrder, description: "In which order. Default: CREATED_AT, DESC." }),
      },
      resolve: (_root, args, context, info) => {
        const metric = metricOfOrder(args.orderBy);
        return metric === null ? readRuns(context, info, args) : readRunsByMetric(context, info, args, metric);
      },
    },
    runPages.Connection,
    runPages.Edge,
  ),
}));
