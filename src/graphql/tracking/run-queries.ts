import { LOWEST_NUMBER_RANK } from "../../domain/tracking/metric.js";
import { visibleRun } from "../../store/access/visibility.js";
import { builder } from "../kit/builder.js";
import { mapNodes, toConnection } from "../kit/connection.js";
import { parseRunReference } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { type Page, planPage } from "../kit/paging.js";
import { type RequestedField, selectRow, selectRows } from "../kit/row-selection.js";
import type { RunsArgs } from "./related-runs.js";
import { Run, runPages } from "./run.js";
import { RunFilter, runWhere } from "./run-filter.js";
import { loggedOrder, RunOrder, runOrder } from "./run-order.js";

type RunsField = RequestedField & { readonly args: RunsArgs };

function readRuns(field: RunsField) {
  const { context, args } = field;
  return readPage(context.db.run, field, {
    typeName: "Run",
    list: { name: "runs", where: args.where },
    order: runOrder(args.orderBy),
    where: runWhere(context, args.where),
  });
}

/** Reads the index on latest values in its order, and the runs with it. */
async function readRunsByMetric(field: RunsField, key: string) {
  const { context, args } = field;
  const where = {
    key,
    datasetId: null,
    loggedModelId: null,
    rank: { gte: LOWEST_NUMBER_RANK },
    run: runWhere(context, args.where),
  };
  const page = planPage(args, runOrder(args.orderBy), { name: `runs by ${key}`, where: args.where });
  const rows = await context.db.metricSeries.findMany({
    ...pageOf(where, page),
    select: { rank: true, runId: true, run: selectRows(field, "Run", { columns: [] }) },
  });
  const series = toConnection(rows, page, () => context.db.metricSeries.count({ where }));
  return mapNodes(series, ({ run }) => run);
}

/** Reads the values of a param in their order, and the runs with them. */
async function readRunsByParam(field: RunsField, key: string) {
  const { context, args } = field;
  const where = { key, run: runWhere(context, args.where) };
  const page = planPage(args, runOrder(args.orderBy), { name: `runs by param ${key}`, where: args.where });
  const rows = await context.db.runParam.findMany({
    ...pageOf(where, page),
    select: { value: true, runId: true, run: selectRows(field, "Run", { columns: [] }) },
  });
  const params = toConnection(rows, page, () => context.db.runParam.count({ where }));
  return mapNodes(params, ({ run }) => run);
}

function pageOf<Where>(where: Where, page: Page) {
  return { where: { AND: [where, page.where] }, orderBy: page.orderBy, take: page.take };
}

builder.queryFields((t) => ({
  run: t.field({
    type: Run,
    nullable: true,
    description:
      "The run with this id; null if there is none, it is deleted or the viewer may not see it. Requires `runs:read`.",
    args: { id: t.arg.id({ required: true, description: "The run's own id or its global id." }) },
    resolve: (_root, { id }, context, info) =>
      context.db.run.findFirst({
        ...selectRow({ context, info }, "Run"),
        where: { AND: [{ id: parseRunReference("id", id) }, visibleRun(context.viewer)] },
      }),
  }),
  runs: t.connection(
    {
      type: Run,
      description: "The runs that the viewer may see. By default the newest comes first. Requires `runs:read`.",
      args: {
        where: t.arg({ type: RunFilter, description: "Which runs." }),
        orderBy: t.arg({ type: RunOrder, description: "The order. Default: CREATED_AT, DESC." }),
      },
      resolve: (_root, args, context, info) => {
        const logged = loggedOrder(args.orderBy);
        const field = { args, context, info };
        if (logged === null) return readRuns(field);
        return logged.by === "METRIC" ? readRunsByMetric(field, logged.key) : readRunsByParam(field, logged.key);
      },
    },
    ...runPages,
  ),
}));
