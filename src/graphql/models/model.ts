import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { visibleModel } from "../../store/access/visibility.js";
import { Actor, CREATED_BY, createdBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { rowsQuery, toConnection } from "../kit/connection.js";
import { encodeId } from "../kit/ids.js";
import { Node } from "../kit/node-interface.js";
import { planPage } from "../kit/paging.js";
import { Tag, tagsQuery } from "../kit/tag.js";
import { countOf } from "../kit/total-count.js";
import { ModelFilter, ModelOrder, modelOrder, modelWhere } from "./model-filter.js";

export const Model = builder.prismaObject("Model", {
  description: "A registered model: a name under which versions are numbered 1, 2, 3…",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The model's global id.", resolve: ({ id }) => encodeId("Model", id) }),
    name: t.exposeString("name"),
    description: t.exposeString("description", { nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who registered the model.",
      select: CREATED_BY,
      resolve: createdBy,
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the model does not have it.",
      args: { key: t.arg.string({ required: true, description: "The tag's key." }) },
      resolve: ({ id }, { key }, { loaders }) => loaders.modelTag.load({ ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The model's tags, by key.",
      args: { keys: t.arg.stringList({ description: "Only tags with these keys. Absent: all." }) },
      select: ({ keys }) => ({ tags: { ...tagsQuery(keys), select: { key: true, value: true } } }),
      resolve: ({ tags }) => tags,
    }),
    viewerCanUpdate: t.boolean({
      description: "Whether the viewer may change the model: it lives, and the viewer holds `models:write`.",
      select: { deletedAt: true },
      resolve: ({ deletedAt }, _args, { viewer }) =>
        deletedAt === null && holdsScope(viewer.scopes, COMMAND_SCOPE.updateModel),
    }),
  }),
});

const ModelEdge = builder.edgeObject({
  type: Model,
  name: "ModelEdge",
  nodeNullable: false,
  description: "A model and its place in a list.",
});

const ModelConnection = builder.connectionObject(
  {
    type: Model,
    name: "ModelConnection",
    description: "A page of models.",
    fields: (t) => ({
      totalCount: t.int({
        description: "How many models match, on all pages. Counted only when asked for.",
        resolve: countOf,
      }),
    }),
  },
  ModelEdge,
);

builder.queryFields((t) => ({
  model: t.prismaField({
    type: Model,
    nullable: true,
    description: "The living model of this name; null if there is none, or none that the viewer may see.",
    args: { name: t.arg.string({ required: true, description: "The model's name." }) },
    resolve: (query, _root, { name }, { db, viewer }) =>
      db.model.findFirst({ ...query, where: { AND: [{ liveName: name }, visibleModel(viewer)] } }),
  }),
  models: t.connection(
    {
      type: Model,
      description: "The models that the viewer may see, by name unless ordered otherwise.",
      args: {
        where: t.arg({ type: ModelFilter, description: "Which models." }),
        orderBy: t.arg({ type: ModelOrder, description: "In which order. Default: NAME, ASC." }),
      },
      resolve: async (_root, args, context, info) => {
        const where = modelWhere(context, args.where);
        const page = planPage(args, modelOrder(args.orderBy), { name: "models", where: args.where });
        const rows = await context.db.model.findMany({
          ...rowsQuery(context, info, "Model", page),
          where: { AND: [where, page.where] },
          orderBy: page.orderBy,
          take: page.take,
        });
        return toConnection(rows, page, () => context.db.model.count({ where }));
      },
    },
    ModelConnection,
    ModelEdge,
  ),
}));
