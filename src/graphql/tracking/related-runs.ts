import { isVisible } from "../../domain/access/visibility.js";
import { visibleRun } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { nestedList } from "../kit/lists.js";
import type { PageArgs } from "../kit/paging.js";
import type { Row } from "../kit/row-selection.js";
import type { GraphQLContext } from "../request/context.js";
import { type Counter, countBy } from "../request/loaders.js";
import { ModelVersion } from "../versions/model-version.js";
import { Experiment } from "./experiment.js";
import { Run, runPages } from "./run.js";
import { type GivenRunFilter, RunFilter, runOfWhere, runWhere } from "./run-filter.js";
import { type GivenRunOrder, nestedRunOrder, RunOrder } from "./run-order.js";

const countVisibleRuns: Counter<Prisma.RunWhereInput> = countBy("id", ({ run }) => run);

/** What to read of the run of a to-one relation, on which Prisma accepts no condition. */
export const ONE_RUN = {
  select: { id: true, deletedAt: true, experiment: { select: { name: true, deletedAt: true } } },
} as const;
type OneRun = Row & {
  readonly deletedAt: Date | null;
  readonly experiment: { readonly name: string; readonly deletedAt: Date | null };
};

/** The run, if the viewer may see it. A token that sees runs by their versions costs one more statement for a page. */
export async function visibleOneRun(run: OneRun | null, context: GraphQLContext): Promise<Row | null> {
  if (!run) return null;
  const { viewer } = context;
  const { deletedAt, experiment } = run;
  const isSeen =
    isVisible("Run", viewer, { deletedAt, experiment }) ??
    (await countVisibleRuns(context, visibleRun(viewer), run.id)) > 0;
  return isSeen ? run : null;
}

export interface RunsArgs extends PageArgs {
  readonly where?: GivenRunFilter;
  readonly orderBy?: GivenRunOrder;
}

const LIST_ARGS = builder.args((t) => ({
  where: t.field({ type: RunFilter, description: "Which runs." }),
  orderBy: t.field({ type: RunOrder, description: "The order. Default: CREATED_AT, DESC." }),
}));

const runsOfExperiment = nestedList({
  name: "Experiment.runs",
  typeName: "Run",
  order: ({ orderBy }: RunsArgs) => nestedRunOrder(orderBy),
  where: ({ where }, context) => runOfWhere(context, where),
  count: countBy("experimentId", ({ run }) => run),
});

builder.prismaObjectField(Experiment, "runs", (t) =>
  t.connection(
    {
      type: Run,
      description: "The experiment's runs. By default the newest comes first.",
      args: LIST_ARGS,
      select: (args, context, nested) => ({ runs: runsOfExperiment.select(nested, args, context) }),
      resolve: ({ id, runs }, args, context) => runsOfExperiment.page({ id, rows: runs }, args, context),
    },
    ...runPages,
  ),
);

const childrenOfRun = nestedList({
  name: "Run.children",
  typeName: "Run",
  order: ({ orderBy }: RunsArgs) => nestedRunOrder(orderBy),
  where: ({ where }, context) => runWhere(context, where),
  count: countBy("parentId", ({ run }) => run),
});

builder.prismaObjectFields(Run, (t) => ({
  parent: t.field({
    type: Run,
    nullable: true,
    description:
      "The run that this run is a part of; null if there is none, it is deleted or the viewer may not see it.",
    select: (_args, _context, nested) => ({ parent: nested(ONE_RUN) }),
    resolve: ({ parent }, _args, context) => visibleOneRun(parent, context),
  }),
  children: t.connection(
    {
      type: Run,
      description:
        "The runs that are a part of this run and that the viewer may see. By default the newest comes first.",
      args: LIST_ARGS,
      select: (args, context, nested) => ({ children: childrenOfRun.select(nested, args, context) }),
      resolve: ({ id, children }, args, context) => childrenOfRun.page({ id, rows: children }, args, context),
    },
    ...runPages,
  ),
}));

builder.prismaObjectField(ModelVersion, "run", (t) =>
  t.field({
    type: Run,
    nullable: true,
    description:
      "The run that produced the version; null if none was named, it is deleted or the viewer may not see it. Requires `runs:read`.",
    select: (_args, _context, nested) => ({ run: nested(ONE_RUN) }),
    resolve: ({ run }, _args, context) => visibleOneRun(run, context),
  }),
);
