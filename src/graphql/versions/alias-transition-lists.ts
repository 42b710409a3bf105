import { visibleAliasTransition } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { actorWhere, modelConditions, rangeWhere, textConditions } from "../kit/conditions.js";
import { ActorFilter, DateTimeFilter, StringFilter } from "../kit/filter-inputs.js";
import { filterType, matching } from "../kit/filters.js";
import { nestedList, readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { NEWEST_REVISION_FIRST, type PageArgs } from "../kit/paging.js";
import { Model } from "../models/model.js";
import { countBy } from "../request/loaders.js";
import { AliasTransition } from "./alias-transition.js";

const AliasTransitionFilter = filterType("AliasTransitionFilter", "alias transitions", (t) => ({
  model: t.field({ type: StringFilter, description: "The current name of the model." }),
  alias: t.field({ type: StringFilter, description: "The alias." }),
  actor: t.field({ type: ActorFilter, description: "Who moved the alias." }),
  at: t.field({ type: DateTimeFilter, description: "When it happened." }),
}));

type GivenFilter = typeof AliasTransitionFilter.$inferInput | null | undefined;

function transitionWhere(filter: GivenFilter): Prisma.AliasTransitionWhereInput {
  return matching(
    filter,
    ({ model, alias, actor, at }, field): Prisma.AliasTransitionWhereInput => ({
      AND: [
        ...modelConditions(`${field}.model`, model),
        // an alias has ASCII letters only, so the column itself can be compared without regard to case
        ...textConditions(`${field}.alias`, alias, (text) => ({ alias: text })),
      ],
      ...actorWhere(actor),
      ...(at ? { at: rangeWhere(at) } : {}),
    }),
  );
}

const pages = pageTypes(AliasTransition, { one: "an alias transition", many: "alias transitions" });

interface TransitionsArgs extends PageArgs {
  readonly where?: GivenFilter;
}

const movesOfModel = nestedList({
  name: "Model.aliasTransitions",
  typeName: "AliasTransition",
  order: () => NEWEST_REVISION_FIRST,
  where: ({ where }: TransitionsArgs) => transitionWhere(where),
  count: countBy("modelId", ({ aliasTransition }) => aliasTransition),
});

builder.prismaObjectField(Model, "aliasTransitions", (t) =>
  t.connection(
    {
      type: AliasTransition,
      description: "The moves of the model's aliases, the newest first.",
      args: { where: t.arg({ type: AliasTransitionFilter, description: "Which alias transitions." }) },
      select: (args, context, nested) => ({ aliasTransitions: movesOfModel.select(nested, args, context) }),
      resolve: ({ id, aliasTransitions }, args, context) =>
        movesOfModel.page({ id, rows: aliasTransitions }, args, context),
    },
    ...pages,
  ),
);

builder.queryField("aliasTransitions", (t) =>
  t.connection(
    {
      type: AliasTransition,
      description: "The moves of the aliases of all models that the viewer may see, the newest first.",
      args: { where: t.arg({ type: AliasTransitionFilter, description: "Which alias transitions." }) },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.aliasTransition,
          { args, context, info },
          {
            typeName: "AliasTransition",
            list: { name: "aliasTransitions", where: args.where },
            order: NEWEST_REVISION_FIRST,
            where: { AND: [visibleAliasTransition(context.viewer), transitionWhere(args.where)] },
          },
        ),
    },
    ...pages,
  ),
);
