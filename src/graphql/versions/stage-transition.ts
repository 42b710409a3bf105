import { visibleTransition } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { Actor, actedBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { nestedRowsQuery, rowsQuery, toConnection } from "../kit/connection.js";
import {
  ActorFilter,
  boundedList,
  combine,
  DateTimeFilter,
  rangeWhere,
  StringFilter,
  textWhere,
} from "../kit/filters.js";
import { encodeId } from "../kit/ids.js";
import { Node } from "../kit/node-interface.js";
import { type ListOrder, planPage } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import { countOf } from "../kit/total-count.js";
import { Model } from "../models/model.js";
import { ModelVersion } from "./model-version.js";

export const StageTransition = builder.prismaObject("StageTransition", {
  description: "One move of one version from a stage to another. Never updated, never deleted.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The transition's global id.", resolve: ({ id }) => encodeId("StageTransition", id) }),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that moved; null once it was deleted.",
      select: (_args, _context, nested) => ({ modelVersion: nested({ select: { deletedAt: true } } as never) }),
      resolve: (transition) => livingVersion(transition) as never,
    }),
    versionNumber: t.int({
      description: "The number of the version that moved, also once it was deleted.",
      select: { modelVersion: { select: { number: true } } },
      resolve: ({ modelVersion }) => modelVersion.number,
    }),
    from: t.expose("from", { type: Stage }),
    to: t.expose("to", { type: Stage }),
    actor: t.field({
      type: Actor,
      description: "Who moved it.",
      select: { actorIssuer: true, actorSubject: true, actorName: true, actorKind: true },
      resolve: actedBy,
    }),
    reason: t.exposeString("reason", { nullable: true }),
    at: t.expose("at", { type: "DateTime" }),
    revision: t.expose("revision", { type: "Long" }),
  }),
});

function livingVersion(transition: object): object | null {
  const { modelVersion } = transition as { modelVersion: { deletedAt: Date | null } };
  return modelVersion.deletedAt === null ? modelVersion : null;
}

interface StageTransitionFilterShape {
  AND?: StageTransitionFilterShape[] | null | undefined;
  OR?: StageTransitionFilterShape[] | null | undefined;
  NOT?: StageTransitionFilterShape | null | undefined;
  model?: (typeof StringFilter)["$inferInput"] | null | undefined;
  to?: (typeof Stage)["$inferType"][] | null | undefined;
  from?: (typeof Stage)["$inferType"][] | null | undefined;
  actor?: (typeof ActorFilter)["$inferInput"] | null | undefined;
  at?: (typeof DateTimeFilter)["$inferInput"] | null | undefined;
}

const StageTransitionFilter = builder.inputRef<StageTransitionFilterShape>("StageTransitionFilter").implement({
  description: "Which moves: the conditions that are given all hold.",
  fields: (t) => ({
    AND: t.field({ type: [StageTransitionFilter], description: "All of these hold as well." }),
    OR: t.field({ type: [StageTransitionFilter], description: "One of these holds as well." }),
    NOT: t.field({ type: StageTransitionFilter, description: "This does not hold." }),
    model: t.field({ type: StringFilter, description: "By the present name of the model." }),
    to: t.field({ type: [Stage], description: "Moves to one of these stages." }),
    from: t.field({ type: [Stage], description: "Moves from one of these stages." }),
    actor: t.field({ type: ActorFilter, description: "By who moved." }),
    at: t.field({ type: DateTimeFilter, description: "By when it happened." }),
  }),
});

const NEWEST_FIRST: ListOrder = { columns: [{ name: "revision", kind: "bigint" }], direction: "desc" };

function matching(filter: StageTransitionFilterShape | null | undefined): Prisma.StageTransitionWhereInput {
  if (!filter) return {};
  return combine<StageTransitionFilterShape, Prisma.StageTransitionWhereInput>(filter, (part, field) => {
    const { model, to, from, actor, at } = part;
    return {
      ...(model ? { model: { name: textWhere(`${field}.model`, model) } } : {}),
      ...(to ? { to: { in: boundedList(`${field}.to`, to) } } : {}),
      ...(from ? { from: { in: boundedList(`${field}.from`, from) } } : {}),
      ...(typeof actor?.subject === "string" ? { actorSubject: actor.subject } : {}),
      ...(typeof actor?.issuer === "string" ? { actorIssuer: actor.issuer } : {}),
      ...(at ? { at: rangeWhere(at) } : {}),
    };
  });
}

const StageTransitionEdge = builder.edgeObject({
  type: StageTransition,
  name: "StageTransitionEdge",
  nodeNullable: false,
  description: "A move and its place in a list.",
});

const StageTransitionConnection = builder.connectionObject(
  {
    type: StageTransition,
    name: "StageTransitionConnection",
    description: "A page of moves, the newest first.",
    fields: (t) => ({
      totalCount: t.int({
        description: "How many moves match, on all pages. Counted only when asked for.",
        resolve: countOf,
      }),
    }),
  },
  StageTransitionEdge,
);

builder.prismaObjectField(Model, "transitions", (t) =>
  t.connection(
    {
      type: StageTransition,
      description: "The moves of the model's versions, the newest first.",
      args: { where: t.arg({ type: StageTransitionFilter, description: "Which moves." }) },
      select: (args, _context, nested) => {
        const page = planPage(args, NEWEST_FIRST, { name: "Model.transitions", where: args.where });
        return { transitions: nestedRowsQuery(nested, "StageTransition", page, matching(args.where)) };
      },
      resolve: (model, args, { loaders }) => {
        const page = planPage(args, NEWEST_FIRST, { name: "Model.transitions", where: args.where });
        const count = () => loaders.countModelTransitions(matching(args.where), model.id);
        return toConnection(model.transitions, page, count);
      },
    },
    StageTransitionConnection,
    StageTransitionEdge,
  ),
);

builder.prismaObjectField(ModelVersion, "transitions", (t) =>
  t.connection(
    {
      type: StageTransition,
      description: "The moves of this version, the newest first.",
      args: { where: t.arg({ type: StageTransitionFilter, description: "Which moves." }) },
      select: (args, _context, nested) => {
        const page = planPage(args, NEWEST_FIRST, { name: "ModelVersion.transitions", where: args.where });
        return { transitions: nestedRowsQuery(nested, "StageTransition", page, matching(args.where)) };
      },
      resolve: (version, args, { loaders }) => {
        const page = planPage(args, NEWEST_FIRST, { name: "ModelVersion.transitions", where: args.where });
        const count = () => loaders.countVersionTransitions(matching(args.where), version.id);
        return toConnection(version.transitions, page, count);
      },
    },
    StageTransitionConnection,
    StageTransitionEdge,
  ),
);

builder.queryField("stageTransitions", (t) =>
  t.connection(
    {
      type: StageTransition,
      description: "The moves of the versions of all models that the viewer may see, the newest first.",
      args: { where: t.arg({ type: StageTransitionFilter, description: "Which moves." }) },
      resolve: async (_root, args, context, info) => {
        const where = { AND: [visibleTransition(context.viewer), matching(args.where)] };
        const page = planPage(args, NEWEST_FIRST, { name: "stageTransitions", where: args.where });
        const rows = await context.db.stageTransition.findMany({
          ...rowsQuery(context, info, "StageTransition", page),
          where: { AND: [where, page.where] },
          orderBy: page.orderBy,
          take: page.take,
        });
        return toConnection(rows, page, () => context.db.stageTransition.count({ where }));
      },
    },
    StageTransitionConnection,
    StageTransitionEdge,
  ),
);
