import { creatorOf } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { visibleModel } from "../../store/access/visibility.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { selectRow } from "../kit/row-selection.js";
import { TAG_ARGS, TAGS_ARGS, Tag, withKeys } from "../kit/tag.js";
import { valueLoader } from "../request/loaders.js";
import { ModelFilter, ModelOrder, modelOrder, modelWhere } from "./model-filter.js";
import { ModelKind } from "./model-kind.js";

const loadTag = valueLoader("modelId", ({ modelTag }) => modelTag);

export const Model = builder.prismaObject("Model", {
  description: "A registered model: a name with versions numbered 1, 2, 3…",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The model's global id.", resolve: ({ id }) => encodeId("Model", id) }),
    name: t.exposeString("name"),
    kind: t.expose("kind", { type: ModelKind }),
    description: t.exposeString("description", { nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who registered the model.",
      select: CREATED_BY,
      resolve: creatorOf,
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the model does not have the tag.",
      args: TAG_ARGS,
      resolve: ({ id }, { key }, context) => loadTag(context, { ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The model's tags, ordered by key.",
      args: TAGS_ARGS,
      select: (args, _context, nested) => ({ tags: nested(withKeys(args)) }),
      resolve: ({ tags }) => tags,
    }),
    viewerCanUpdate: t.boolean({
      description: "Whether the viewer may change the model: it is not deleted, and the viewer holds `models:write`.",
      select: { deletedAt: true },
      resolve: ({ deletedAt }, _args, { viewer }) =>
        deletedAt === null && holdsScope(viewer.scopes, COMMAND_SCOPE.updateModel),
    }),
  }),
});

export const MODEL_FIELD = { name: "model", type: Model, node: "Model", description: "The model." } as const;

const modelPages = pageTypes(Model, { one: "a model", many: "models" });

builder.queryFields((t) => ({
  model: t.field({
    type: Model,
    nullable: true,
    description: "The model with this name; null if there is none, it is deleted or the viewer may not see it.",
    args: { name: t.arg.string({ required: true, description: "The model's name." }) },
    resolve: (_root, { name }, context, info) =>
      context.db.model.findFirst({
        ...selectRow({ context, info }, "Model"),
        where: { AND: [{ liveName: name }, visibleModel(context.viewer)] },
      }),
  }),
  models: t.connection(
    {
      type: Model,
      description:
        "The models that the viewer may see. By default ordered by name, and without prompts: they are listed where the filter has a condition on `kind`.",
      args: {
        where: t.arg({ type: ModelFilter, description: "Which models." }),
        orderBy: t.arg({ type: ModelOrder, description: "The order. Default: NAME, ASC." }),
      },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.model,
          { args, context, info },
          {
            typeName: "Model",
            list: { name: "models", where: args.where },
            order: modelOrder(args.orderBy),
            where: modelWhere(context, args.where),
          },
        ),
    },
    ...modelPages,
  ),
}));
