import { visibleLoggedModel } from "../../store/access/visibility.js";
import { builder } from "../kit/builder.js";
import { parseLoggedModelReference } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { LoggedModel, loggedModelPages } from "./logged-model.js";
import { LoggedModelFilter, LoggedModelOrder, loggedModelOrder, loggedModelWhere } from "./logged-model-filter.js";

builder.queryFields((t) => ({
  loggedModel: t.prismaField({
    type: LoggedModel,
    nullable: true,
    description:
      "The logged model with this id; null if there is none, it is deleted or the viewer may not see it. Requires `runs:read`.",
    args: { id: t.arg.id({ required: true, description: "The logged model's own id or its global id." }) },
    resolve: (query, _root, { id }, { db, viewer }) =>
      db.loggedModel.findFirst({
        ...query,
        where: { AND: [{ id: parseLoggedModelReference("id", id) }, visibleLoggedModel(viewer)] },
      }),
  }),
  loggedModels: t.connection(
    {
      type: LoggedModel,
      description:
        "The logged models that the viewer may see. By default the newest comes first. Requires `runs:read`.",
      args: {
        where: t.arg({ type: LoggedModelFilter, description: "Which logged models." }),
        orderBy: t.arg({ type: LoggedModelOrder, description: "The order. Default: CREATED_AT, DESC." }),
      },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.loggedModel,
          { args, context, info },
          {
            typeName: "LoggedModel",
            list: { name: "loggedModels", where: args.where },
            order: loggedModelOrder(args.orderBy),
            where: loggedModelWhere(context, args.where),
          },
        ),
    },
    ...loggedModelPages,
  ),
}));
