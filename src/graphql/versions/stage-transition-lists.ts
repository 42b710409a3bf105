import { visibleTransition } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { actorWhere, boundedList, modelConditions, rangeWhere } from "../kit/conditions.js";
import { ActorFilter, DateTimeFilter, StringFilter } from "../kit/filter-inputs.js";
import { filterType, matching } from "../kit/filters.js";
import { nestedList, readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { NEWEST_REVISION_FIRST, type PageArgs } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import { Model } from "../models/model.js";
import { type Counter, countBy } from "../request/loaders.js";
import { ModelVersion } from "./model-version.js";
import { StageTransition } from "./stage-transition.js";

const StageTransitionFilter = filterType("StageTransitionFilter", "stage transitions", (t) => ({
  model: t.field({ type: StringFilter, description: "The current name of the model." }),
  to: t.field({ type: [Stage], description: "The version entered one of these stages." }),
  from: t.field({ type: [Stage], description: "The version left one of these stages." }),
  actor: t.field({ type: ActorFilter, description: "Who moved the version." }),
  at: t.field({ type: DateTimeFilter, description: "When it happened." }),
}));

type GivenFilter = typeof StageTransitionFilter.$inferInput | null | undefined;

function transitionWhere(filter: GivenFilter): Prisma.StageTransitionWhereInput {
  return matching(
    filter,
    ({ model, to, from, actor, at }, field): Prisma.StageTransitionWhereInput => ({
      AND: modelConditions(`${field}.model`, model),
      ...(to ? { to: { in: boundedList(`${field}.to`, to) } } : {}),
      ...(from ? { from: { in: boundedList(`${field}.from`, from) } } : {}),
      ...actorWhere(actor),
      ...(at ? { at: rangeWhere(at) } : {}),
    }),
  );
}

const pages = pageTypes(StageTransition, { one: "a stage transition", many: "stage transitions" });

interface TransitionsArgs extends PageArgs {
  readonly where?: GivenFilter;
}

function transitionsBelow(name: string, count: Counter<Prisma.StageTransitionWhereInput>) {
  return nestedList({
    name,
    typeName: "StageTransition",
    order: () => NEWEST_REVISION_FIRST,
    where: ({ where }: TransitionsArgs) => transitionWhere(where),
    count,
  });
}

const movesOfModel = transitionsBelow(
  "Model.transitions",
  countBy("modelId", ({ stageTransition }) => stageTransition),
);
const movesOfVersion = transitionsBelow(
  "ModelVersion.transitions",
  countBy("versionId", ({ stageTransition }) => stageTransition),
);

builder.prismaObjectField(Model, "transitions", (t) =>
  t.connection(
    {
      type: StageTransition,
      description: "The stage transitions of the model's versions, the newest first.",
      args: { where: t.arg({ type: StageTransitionFilter, description: "Which stage transitions." }) },
      select: (args, context, nested) => ({ transitions: movesOfModel.select(nested, args, context) }),
      resolve: ({ id, transitions }, args, context) => movesOfModel.page({ id, rows: transitions }, args, context),
    },
    ...pages,
  ),
);

builder.prismaObjectField(ModelVersion, "transitions", (t) =>
  t.connection(
    {
      type: StageTransition,
      description: "The stage transitions of this version, the newest first.",
      args: { where: t.arg({ type: StageTransitionFilter, description: "Which stage transitions." }) },
      select: (args, context, nested) => ({ transitions: movesOfVersion.select(nested, args, context) }),
      resolve: ({ id, transitions }, args, context) => movesOfVersion.page({ id, rows: transitions }, args, context),
    },
    ...pages,
  ),
);

builder.queryField("stageTransitions", (t) =>
  t.connection(
    {
      type: StageTransition,
      description: "The stage transitions of all models that the viewer may see, the newest first.",
      args: { where: t.arg({ type: StageTransitionFilter, description: "Which stage transitions." }) },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.stageTransition,
          { args, context, info },
          {
            typeName: "StageTransition",
            list: { name: "stageTransitions", where: args.where },
            order: NEWEST_REVISION_FIRST,
            where: { AND: [visibleTransition(context.viewer), transitionWhere(args.where)] },
          },
        ),
    },
    ...pages,
  ),
);
