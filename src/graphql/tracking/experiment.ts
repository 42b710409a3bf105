import { coversRunsByVersion } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { visibleExperiment } from "../../store/access/visibility.js";
import { Actor, CREATED_BY, createdBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { rowsQuery, toConnection } from "../kit/connection.js";
import { encodeId } from "../kit/ids.js";
import { Node } from "../kit/node-interface.js";
import { pageTypes } from "../kit/page-types.js";
import { planPage } from "../kit/paging.js";
import { Tag, tagsQuery } from "../kit/tag.js";
import { ExperimentFilter, ExperimentOrder, experimentOrder, experimentWhere } from "./experiment-filter.js";

export const Experiment = builder.prismaObject("Experiment", {
  description: "A name under which runs are kept together.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The experiment's global id.", resolve: ({ id }) => encodeId("Experiment", id) }),
    name: t.exposeString("name"),
    description: t.exposeString("description", { nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who created the experiment.",
      select: CREATED_BY,
      resolve: createdBy,
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the experiment does not have it.",
      args: { key: t.arg.string({ required: true, description: "The tag's key." }) },
      resolve: ({ id }, { key }, { loaders }) => loaders.experimentTag.load({ ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The experiment's tags, by key.",
      args: { keys: t.arg.stringList({ description: "Only tags with these keys. Absent: all." }) },
      select: ({ keys }) => ({ tags: { ...tagsQuery(keys), select: { key: true, value: true } } }),
      resolve: ({ tags }) => tags,
    }),
    viewerCanUpdate: t.boolean({
      description:
        "Whether the viewer may change the experiment: it lives, and the viewer holds `runs:write` and no `models` claim without an `experiments` claim.",
      select: { deletedAt: true },
      resolve: ({ deletedAt }, _args, { viewer }) =>
        deletedAt === null && holdsScope(viewer.scopes, COMMAND_SCOPE.updateExperiment) && !coversRunsByVersion(viewer),
    }),
  }),
});

const pages = pageTypes(Experiment, { one: "experiment", many: "experiments" });

builder.queryFields((t) => ({
  experiment: t.prismaField({
    type: Experiment,
    nullable: true,
    description:
      "The living experiment of this name; null if there is none, or none that the viewer may see. Asks for `runs:read`.",
    args: { name: t.arg.string({ required: true, description: "The experiment's name." }) },
    resolve: (query, _root, { name }, { db, viewer }) =>
      db.experiment.findFirst({ ...query, where: { AND: [{ liveName: name }, visibleExperiment(viewer)] } }),
  }),
  experiments: t.connection(
    {
      type: Experiment,
      description: "The experiments that the viewer may see, by name unless ordered otherwise. Asks for `runs:read`.",
      args: {
        where: t.arg({ type: ExperimentFilter, description: "Which experiments." }),
        orderBy: t.arg({ type: ExperimentOrder, description: "In which order. Default: NAME, ASC." }),
      },
      resolve: async (_root, args, context, info) => {
        const where = experimentWhere(context, args.where);
        const page = planPage(args, experimentOrder(args.orderBy), { name: "experiments", where: args.where });
        const rows = await context.db.experiment.findMany({
          ...rowsQuery(context, info, "Experiment", page),
          where: { AND: [where, page.where] },
          orderBy: page.orderBy,
          take: page.take,
        });
        return toConnection(rows, page, () => context.db.experiment.count({ where }));
      },
    },
    pages.Connection,
    pages.Edge,
  ),
}));
