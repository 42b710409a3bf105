import { isVisible } from "../../domain/access/visibility.js";
import { visibleLoggedModel, visibleVersion } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { nestedList } from "../kit/lists.js";
import type { PageArgs } from "../kit/paging.js";
import type { Row } from "../kit/row-selection.js";
import type { GraphQLContext } from "../request/context.js";
import { type Counter, countBy } from "../request/loaders.js";
import { Experiment } from "../tracking/experiment.js";
import { ONE_RUN, visibleOneRun } from "../tracking/related-runs.js";
import { Run } from "../tracking/run.js";
import { ModelVersion, versionPages } from "../versions/model-version.js";
import { modelVersionOrder } from "../versions/model-version-filter.js";
import { LoggedModel, loggedModelPages } from "./logged-model.js";
import {
  type GivenLoggedModelFilter,
  LoggedModelFilter,
  LoggedModelOrder,
  loggedModelOfWhere,
  loggedModelOrder,
  loggedModelWhere,
} from "./logged-model-filter.js";

interface LoggedModelsArgs extends PageArgs {
  readonly where?: GivenLoggedModelFilter;
  readonly orderBy?: typeof LoggedModelOrder.$inferInput | null | undefined;
}

const LIST_ARGS = builder.args((t) => ({
  where: t.field({ type: LoggedModelFilter, description: "Which logged models." }),
  orderBy: t.field({ type: LoggedModelOrder, description: "The order. Default: CREATED_AT, DESC." }),
}));

const ofExperiment = nestedList({
  name: "Experiment.loggedModels",
  typeName: "LoggedModel",
  order: ({ orderBy }: LoggedModelsArgs) => loggedModelOrder(orderBy),
  where: ({ where }, context) => loggedModelOfWhere(context, where),
  count: countBy("experimentId", ({ loggedModel }) => loggedModel),
});

builder.prismaObjectField(Experiment, "loggedModels", (t) =>
  t.connection(
    {
      type: LoggedModel,
      description: "The experiment's logged models. By default the newest comes first.",
      args: LIST_ARGS,
      select: (args, context, nested) => ({ loggedModels: ofExperiment.select(nested, args, context) }),
      resolve: ({ id, loggedModels }, args, context) => ofExperiment.page({ id, rows: loggedModels }, args, context),
    },
    ...loggedModelPages,
  ),
);

const ofRun = nestedList({
  name: "Run.loggedModels",
  typeName: "LoggedModel",
  order: ({ orderBy }: LoggedModelsArgs) => loggedModelOrder(orderBy),
  where: ({ where }, context) => loggedModelWhere(context, where),
  count: countBy("sourceRunId", ({ loggedModel }) => loggedModel),
});

builder.prismaObjectField(Run, "loggedModels", (t) =>
  t.connection(
    {
      type: LoggedModel,
      description:
        "The logged models that the run made and that the viewer may see. By default the newest comes first. Others that the run reported are among its `outputs`.",
      args: LIST_ARGS,
      select: (args, context, nested) => ({ loggedModels: ofRun.select(nested, args, context) }),
      resolve: ({ id, loggedModels }, args, context) => ofRun.page({ id, rows: loggedModels }, args, context),
    },
    ...loggedModelPages,
  ),
);

const versionsOf = nestedList({
  name: "LoggedModel.versions",
  typeName: "ModelVersion",
  order: (_args: PageArgs) => modelVersionOrder(null),
  where: (_args, { viewer }) => visibleVersion(viewer),
  filter: () => null,
  count: countBy("loggedModelId", ({ modelVersion }) => modelVersion),
});

builder.prismaObjectFields(LoggedModel, (t) => ({
  sourceRun: t.field({
    type: Run,
    nullable: true,
    description:
      "The run that made the logged model; null if none was named, it is deleted or the viewer may not see it.",
    select: (_args, _context, nested) => ({ sourceRun: nested(ONE_RUN) }),
    resolve: ({ sourceRun }, _args, context) => visibleOneRun(sourceRun, context),
  }),
  versions: t.connection(
    {
      type: ModelVersion,
      description:
        "The versions that were registered from the logged model and that the viewer may see, the newest first. Requires `models:read`.",
      nullable: true,
      select: (args, context, nested) => ({ versions: versionsOf.select(nested, args, context) }),
      resolve: ({ id, versions }, args, context) => versionsOf.page({ id, rows: versions }, args, context),
    },
    ...versionPages,
  ),
}));

const ONE_LOGGED_MODEL = {
  select: { id: true, deletedAt: true, experiment: { select: { name: true, deletedAt: true } } },
} as const;
type OneLoggedModel = Row & {
  readonly deletedAt: Date | null;
  readonly experiment: { readonly name: string; readonly deletedAt: Date | null };
};

const countVisible: Counter<Prisma.LoggedModelWhereInput> = countBy("id", ({ loggedModel }) => loggedModel);

/** The logged model, if the viewer may see it. A token that sees it by its versions costs one more statement for a page. */
async function visibleOne(loggedModel: OneLoggedModel | null, context: GraphQLContext): Promise<Row | null> {
  if (!loggedModel) return null;
  const { viewer } = context;
  const { deletedAt, experiment } = loggedModel;
  const isSeen =
    isVisible("LoggedModel", viewer, { deletedAt, experiment }) ??
    (await countVisible(context, visibleLoggedModel(viewer), loggedModel.id)) > 0;
  return isSeen ? loggedModel : null;
}

builder.prismaObjectField(ModelVersion, "loggedModel", (t) =>
  t.field({
    type: LoggedModel,
    nullable: true,
    description:
      "The logged model that the version was registered from; null if there was none, it is deleted or the viewer may not see it. Requires `runs:read`.",
    select: (_args, _context, nested) => ({ loggedModel: nested(ONE_LOGGED_MODEL) }),
    resolve: ({ loggedModel }, _args, context) => visibleOne(loggedModel, context),
  }),
);
