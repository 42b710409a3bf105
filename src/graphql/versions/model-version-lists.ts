import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { nestedList, readPage } from "../kit/lists.js";
import type { PageArgs } from "../kit/paging.js";
import { Model } from "../models/model.js";
import { type Counter, countBy } from "../request/loaders.js";
import { ModelVersion, versionPages } from "./model-version.js";
import {
  ModelVersionFilter,
  ModelVersionOrder,
  modelVersionOrder,
  modelVersionWhere,
  versionOfModelOrder,
  versionOfModelWhere,
} from "./model-version-filter.js";
import { countOnShelves, countOnShelvesOf } from "./version-counts.js";

const countVersions: Counter<Prisma.ModelVersionWhereInput> = countBy("modelId", ({ modelVersion }) => modelVersion);

interface VersionsArgs extends PageArgs {
  readonly where?: typeof ModelVersionFilter.$inferInput | null | undefined;
  readonly orderBy?: typeof ModelVersionOrder.$inferInput | null | undefined;
}

const versionsOfModel = nestedList({
  name: "Model.versions",
  typeName: "ModelVersion",
  order: ({ orderBy }: VersionsArgs) => versionOfModelOrder(orderBy),
  where: ({ where }, context) => versionOfModelWhere(context, where),
  count: countVersions,
  cheapCount: (context, { where }, modelId) => countOnShelvesOf(context, where, modelId),
});

builder.prismaObjectField(Model, "versions", (t) =>
  t.connection(
    {
      type: ModelVersion,
      description: "The model's versions. By default the highest number comes first.",
      args: {
        where: t.arg({ type: ModelVersionFilter, description: "Which versions." }),
        orderBy: t.arg({ type: ModelVersionOrder, description: "The order. Default: NUMBER, DESC." }),
      },
      select: (args, context, nested) => ({ versions: versionsOfModel.select(nested, args, context) }),
      resolve: ({ id, versions }, args, context) => versionsOfModel.page({ id, rows: versions }, args, context),
    },
    ...versionPages,
  ),
);

builder.queryField("modelVersions", (t) =>
  t.connection(
    {
      type: ModelVersion,
      description: "The versions of all models that the viewer may see. By default the newest comes first.",
      args: {
        where: t.arg({ type: ModelVersionFilter, description: "Which versions." }),
        orderBy: t.arg({ type: ModelVersionOrder, description: "The order. Default: CREATED_AT, DESC." }),
      },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.modelVersion,
          { args, context, info },
          {
            typeName: "ModelVersion",
            list: { name: "modelVersions", where: args.where },
            order: modelVersionOrder(args.orderBy),
            where: modelVersionWhere(context, args.where),
            count: countOnShelves(context, args.where),
          },
        ),
    },
    ...versionPages,
  ),
);
