import { coversAllRuns } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { visibleRun } from "../../store/access/visibility.js";
import { Actor, CREATED_BY, createdBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { nestedRowsQuery, toConnection } from "../kit/connection.js";
import { encodeId } from "../kit/ids.js";
import { Node } from "../kit/node-interface.js";
import { pageTypes } from "../kit/page-types.js";
import { planPage } from "../kit/paging.js";
import { Tag, tagsQuery } from "../kit/tag.js";
import type { GraphQLContext } from "../request/context.js";
import { ModelVersion } from "../versions/model-version.js";
import { Experiment } from "./experiment.js";
import { Metric, Param } from "./metric.js";
import { RunFilter, runOfWhere, runWhere } from "./run-filter.js";
import { nestedRunOrder, RunOrder } from "./run-order.js";
import { RunStatus } from "./run-status.js";

/** By key; of one key, first the value that is bound to no dataset. */
const LATEST_ORDER = [{ key: "asc" }, { datasetId: { sort: "asc", nulls: "first" } }] as const;

/** Runs have some ten params and metrics: what is not paged still weighs in a document. */
const listCost = (keys: readonly string[] | null | undefined) => ({ field: 1, multiplier: keys?.length || 10 });

export const Run = builder.prismaObject("Run", {
  description: "One execution of code that made, trained or judged something.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The run's global id.", resolve: ({ id }) => encodeId("Run", id) }),
    runId: t.exposeString("id", {
      description:
        "The run's own id: 32 hexadecimal digits, or what its client brought. Serves wherever a run is asked for.",
    }),
    name: t.exposeString("name", { nullable: true }),
    status: t.expose("status", { type: RunStatus }),
    startedAt: t.expose("startedAt", { type: "DateTime" }),
    endedAt: t.expose("endedAt", { type: "DateTime", nullable: true }),
    user: t.exposeString("user", { nullable: true }),
    source: t.exposeString("source", { nullable: true }),
    gitCommit: t.exposeString("gitCommit", { nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who created the run here.",
      select: CREATED_BY,
      resolve: createdBy,
    }),
    experiment: t.relation("experiment", { type: Experiment, description: "The experiment that the run is one of." }),
    param: t.string({
      nullable: true,
      description: "The value of one param; null if the run does not have it.",
      args: { key: t.arg.string({ required: true, description: "The param's key." }) },
      resolve: ({ id }, { key }, { loaders }) => loaders.runParam.load({ ownerId: id, key }),
    }),
    params: t.relation("params", {
      type: Param,
      description: "What went into the run, by key. Not paged.",
      args: { keys: t.arg.stringList({ description: "Only params with these keys. Absent: all." }) },
      complexity: ({ keys }) => listCost(keys),
      query: ({ keys }) => tagsQuery(keys),
    }),
    metrics: t.relation("series", {
      type: Metric,
      description:
        "The latest value of each metric on each dataset, by key. Not paged, and as fast however long the series are.",
      args: { keys: t.arg.stringList({ description: "Only metrics with these keys. Absent: all." }) },
      complexity: ({ keys }) => listCost(keys),
      query: ({ keys }) => ({ ...tagsQuery(keys), orderBy: [...LATEST_ORDER] }),
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the run does not have it.",
      args: { key: t.arg.string({ required: true, description: "The tag's key." }) },
      resolve: ({ id }, { key }, { loaders }) => loaders.runTag.load({ ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The run's tags, by key.",
      args: { keys: t.arg.stringList({ description: "Only tags with these keys. Absent: all." }) },
      select: ({ keys }) => ({ tags: { ...tagsQuery(keys), select: { key: true, value: true } } }),
      resolve: ({ tags }) => tags,
    }),
    viewerCanLog: t.boolean({
      description:
        "Whether the viewer may log to the run: it lives, it is not over, and the viewer holds `runs:write`.",
      select: { deletedAt: true, endedAt: true },
      resolve: ({ deletedAt, endedAt }, _args, { viewer }) =>
        deletedAt === null && endedAt === null && holdsScope(viewer.scopes, COMMAND_SCOPE.logBatch),
    }),
  }),
});

export const runPages = pageTypes(Run, { one: "run", many: "runs" });

/** A run as a relation to one leads to it, whose rows no condition can narrow. */
const ONE_RUN = { select: { deletedAt: true, experiment: { select: { deletedAt: true } } } } as never;
type OneRun = { id: string; deletedAt: Date | null; experiment: { deletedAt: Date | null } } | null;

/** The run, if the viewer may see it. For a token that is narrowed, one more statement for all rows of a page. */
async function seenRun(run: unknown, { viewer, loaders }: GraphQLContext): Promise<never> {
  const one = run as OneRun;
  const lives = one !== null && one.deletedAt === null && one.experiment.deletedAt === null;
  const seen = lives && (coversAllRuns(viewer) || (await loaders.countRunsById(visibleRun(viewer), one.id)) > 0);
  return (seen ? one : null) as never;
}

const LIST_ARGS = {
  where: { description: "Which runs." },
  orderBy: { description: "In which order. Default: CREATED_AT, DESC." },
};

builder.prismaObjectField(Experiment, "runs", (t) =>
  t.connection(
    {
      type: Run,
      description: "The experiment's runs, the newest first unless ordered otherwise.",
      args: {
        where: t.arg({ type: RunFilter, ...LIST_ARGS.where }),
        orderBy: t.arg({ type: RunOrder, ...LIST_ARGS.orderBy }),
      },
      select: (args, context, nested) => {
        const page = planPage(args, nestedRunOrder(args.orderBy), { name: "Experiment.runs", where: args.where });
        return { runs: nestedRowsQuery(nested, "Run", page, runOfWhere(context, args.where)) };
      },
      resolve: (experiment, args, context) => {
        const page = planPage(args, nestedRunOrder(args.orderBy), { name: "Experiment.runs", where: args.where });
        const where = runOfWhere(context, args.where);
        return toConnection(experiment.runs, page, () => context.loaders.countRuns(where, experiment.id));
      },
    },
    runPages.Connection,
    runPages.Edge,
  ),
);

builder.prismaObjectFields(Run, (t) => ({
  parent: t.field({
    type: Run,
    nullable: true,
    description: "The run that this one is a part of; null if there is none, or none that the viewer may see.",
    select: (_args, _context, nested) => ({ parent: nested(ONE_RUN) }),
    resolve: (run, _args, context) => seenRun((run as unknown as { parent: unknown }).parent, context),
  }),
  children: t.connection(
    {
      type: Run,
      description:
        "The runs that are a part of this one and that the viewer may see, the newest first unless ordered otherwise.",
      args: {
        where: t.arg({ type: RunFilter, ...LIST_ARGS.where }),
        orderBy: t.arg({ type: RunOrder, ...LIST_ARGS.orderBy }),
      },
      select: (args, context, nested) => {
        const page = planPage(args, nestedRunOrder(args.orderBy), { name: "Run.children", where: args.where });
        return { children: nestedRowsQuery(nested, "Run", page, runWhere(context, args.where)) };
      },
      resolve: (run, args, context) => {
        const page = planPage(args, nestedRunOrder(args.orderBy), { name: "Run.children", where: args.where });
        const where = runWhere(context, args.where);
        return toConnection(run.children, page, () => context.loaders.countChildren(where, run.id));
      },
    },
    runPages.Connection,
    runPages.Edge,
  ),
}));

builder.prismaObjectField(ModelVersion, "run", (t) =>
  t.field({
    type: Run,
    nullable: true,
    description:
      "The run that made the version; null if none was named, or none that the viewer may see. Asks for `runs:read`.",
    select: (_args, _context, nested) => ({ run: nested(ONE_RUN) }),
    resolve: (version, _args, context) => seenRun((version as unknown as { run: unknown }).run, context),
  }),
);
