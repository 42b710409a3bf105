import { coversRunsByVersion, creatorOf } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { experimentRoot } from "../../domain/tracking/artifact-address.js";
import { visibleExperiment } from "../../store/access/visibility.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { selectRow } from "../kit/row-selection.js";
import { TAG_ARGS, TAGS_ARGS, Tag, withKeys } from "../kit/tag.js";
import { valueLoader } from "../request/loaders.js";
import { ExperimentFilter, ExperimentOrder, experimentOrder, experimentWhere } from "./experiment-filter.js";

const loadTag = valueLoader("experimentId", ({ experimentTag }) => experimentTag);

export const Experiment = builder.prismaObject("Experiment", {
  description: "A named group of runs.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The experiment's global id.", resolve: ({ id }) => encodeId("Experiment", id) }),
    number: t.exposeInt("number"),
    name: t.exposeString("name"),
    description: t.exposeString("description", { nullable: true }),
    artifactRoot: t.string({
      nullable: true,
      description:
        "The address that the addresses of its runs' artifacts begin with. Requires `artifacts:read`, except for the actor that created the experiment.",
      select: { number: true, artifactRoot: true, createdByIssuer: true, createdBySubject: true },
      resolve: (experiment, _args, { commands }) => experimentRoot(commands.artifacts, experiment),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who created the experiment.",
      select: CREATED_BY,
      resolve: creatorOf,
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the experiment does not have the tag.",
      args: TAG_ARGS,
      resolve: ({ id }, { key }, context) => loadTag(context, { ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The experiment's tags, ordered by key.",
      args: TAGS_ARGS,
      select: (args, _context, nested) => ({ tags: nested(withKeys(args)) }),
      resolve: ({ tags }) => tags,
    }),
    viewerCanUpdate: t.boolean({
      description:
        "Whether the viewer may change the experiment: it is not deleted, the viewer holds `runs:write`, and a token with a `models` claim has an `experiments` claim too.",
      select: { deletedAt: true },
      resolve: ({ deletedAt }, _args, { viewer }) =>
        deletedAt === null && holdsScope(viewer.scopes, COMMAND_SCOPE.updateExperiment) && !coversRunsByVersion(viewer),
    }),
  }),
});

export const EXPERIMENT_FIELD = {
  name: "experiment",
  type: Experiment,
  node: "Experiment",
  description: "The experiment.",
} as const;

const pages = pageTypes(Experiment, { one: "an experiment", many: "experiments" });

builder.queryFields((t) => ({
  experiment: t.field({
    type: Experiment,
    nullable: true,
    description:
      "The experiment with this name; null if there is none, it is deleted or the viewer may not see it. Requires `runs:read`.",
    args: { name: t.arg.string({ required: true, description: "The experiment's name." }) },
    resolve: (_root, { name }, context, info) =>
      context.db.experiment.findFirst({
        ...selectRow({ context, info }, "Experiment"),
        where: { AND: [{ liveName: name }, visibleExperiment(context.viewer)] },
      }),
  }),
  experiments: t.connection(
    {
      type: Experiment,
      description: "The experiments that the viewer may see. By default ordered by name. Requires `runs:read`.",
      args: {
        where: t.arg({ type: ExperimentFilter, description: "Which experiments." }),
        orderBy: t.arg({ type: ExperimentOrder, description: "The order. Default: NAME, ASC." }),
      },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.experiment,
          { args, context, info },
          {
            typeName: "Experiment",
            list: { name: "experiments", where: args.where },
            order: experimentOrder(args.orderBy),
            where: experimentWhere(context, args.where),
          },
        ),
    },
    ...pages,
  ),
}));
