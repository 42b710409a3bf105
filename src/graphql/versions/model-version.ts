import { reachableStages } from "../../domain/versions/stage.js";
import type { ModelVersion as VersionRow } from "../../store/generated/client.js";
import type { PastHolder } from "../../store/versions/time-travel.js";
import { Actor, CREATED_BY, createdBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { nestedRowsQuery, rowsQuery, toConnection } from "../kit/connection.js";
import { encodeId } from "../kit/ids.js";
import { Node } from "../kit/node-interface.js";
import { planPage } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import { Tag, tagsQuery } from "../kit/tag.js";
import { countOf } from "../kit/total-count.js";
import { Model } from "../models/model.js";
import type { ReadDatabase } from "../request/context.js";
import { Alias } from "./alias.js";
import {
  ModelVersionFilter,
  ModelVersionOrder,
  modelVersionOrder,
  modelVersionWhere,
  versionOfModelOrder,
  versionOfModelWhere,
} from "./model-version-filter.js";
import { ModelVersionStatus } from "./model-version-status.js";

export const ModelVersion = builder.prismaObject("ModelVersion", {
  description: "One version of a model.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The version's global id.", resolve: ({ id }) => encodeId("ModelVersion", id) }),
    model: t.relation("model", { description: "The model that this is a version of." }),
    number: t.exposeInt("number"),
    stage: t.expose("stage", { type: Stage }),
    status: t.expose("status", { type: ModelVersionStatus }),
    statusMessage: t.exposeString("statusMessage", { nullable: true }),
    description: t.exposeString("description", { nullable: true }),
    source: t.string({
      nullable: true,
      description:
        "Where the artifacts are: a URI. Fixed once the version is `READY`. Asks for `artifacts:read`; whoever registered the version may read it back.",
      select: { source: true, createdByIssuer: true, createdBySubject: true },
      resolve: ({ source }) => source,
    }),
    digest: t.exposeString("digest", { nullable: true }),
    signature: t.expose("signature", { type: "JSON", nullable: true }),
    flavors: t.expose("flavors", { type: "JSON", nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    deletedAt: t.expose("deletedAt", { type: "DateTime", nullable: true }),
    createdBy: t.field({
      type: Actor,
      description: "Who registered the version.",
      select: CREATED_BY,
      resolve: createdBy,
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the version does not have it.",
      args: { key: t.arg.string({ required: true, description: "The tag's key." }) },
      resolve: ({ id }, { key }, { loaders }) => loaders.modelVersionTag.load({ ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The version's tags, by key.",
      args: { keys: t.arg.stringList({ description: "Only tags with these keys. Absent: all." }) },
      select: ({ keys }) => ({ tags: { ...tagsQuery(keys), select: { key: true, value: true } } }),
      resolve: ({ tags }) => tags,
    }),
    aliases: t.relation("aliases", {
      type: Alias,
      description: "The aliases that are on this version, by name.",
      query: { orderBy: { name: "asc" } },
    }),
    viewerCanTransitionTo: t.field({
      type: [Stage],
      description: "The stages that the viewer may move the version to now: an empty list means none.",
      select: { stage: true, status: true, deletedAt: true, model: { select: { deletedAt: true } } },
      resolve: ({ stage, status, deletedAt, model }, _args, { viewer }) =>
        deletedAt || model.deletedAt ? [] : reachableStages(stage, status, viewer.scopes),
    }),
  }),
});

export const ModelVersionEdge = builder.edgeObject({
  type: ModelVersion,
  name: "ModelVersionEdge",
  nodeNullable: false,
  description: "A version and its place in a list.",
});

export const ModelVersionConnection = builder.connectionObject(
  {
    type: ModelVersion,
    name: "ModelVersionConnection",
    description: "A page of versions.",
    fields: (t) => ({
      totalCount: t.int({
        description: "How many versions match, on all pages. Counted only when asked for.",
        resolve: countOf,
      }),
    }),
  },
  ModelVersionEdge,
);

const AT = "As it was at this time, from the history: right across renames, deletes and restores. Absent: now.";

/** Several of one tick become one statement. */
function readStood(
  { modelVersion }: ReadDatabase,
  query: object,
  stood: PastHolder | null,
): Promise<VersionRow | null> | null {
  return stood && modelVersion.findUnique({ ...query, where: { id: stood.versionId } });
}

builder.prismaObjectFields(Model, (t) => ({
  latestVersion: t.relation("latestVersion", {
    nullable: true,
    description: "The living version with the highest number, whatever its status; null if there is none.",
  }),
  version: t.prismaField({
    type: ModelVersion,
    nullable: true,
    description: "The version of this number; null if there is none.",
    args: { number: t.arg.int({ required: true, description: "1, 2, 3…" }) },
    resolve: (query, { id: modelId }, { number }, { db }) =>
      db.modelVersion.findUnique({ ...query, where: { modelId_number: { modelId, number }, deletedAt: null } }),
  }),
  versionByAlias: t.prismaField({
    type: ModelVersion,
    nullable: true,
    description:
      "The version under this alias; null if the alias is not set. Of the past also one that was deleted since.",
    args: {
      alias: t.arg.string({ required: true, description: "The alias." }),
      at: t.arg({ type: "DateTime", description: AT }),
    },
    resolve: async (query, { id: modelId }, { alias: name, at }, { db, loaders }) => {
      if (at) return readStood(db, query, await loaders.past(at).alias.load({ modelId, alias: name }));
      const where = { modelId_name: { modelId, name } };
      const alias = await db.alias.findUnique({ where, select: { modelVersion: query } });
      return (alias?.modelVersion as VersionRow | undefined) ?? null;
    },
  }),
  stageHolder: t.prismaField({
    type: ModelVersion,
    nullable: true,
    description:
      "The version that came to stand on this stage last, of those that stand there; null if nobody does. Of the past also one that was deleted since.",
    args: {
      stage: t.arg({ type: Stage, required: true, description: "The stage." }),
      at: t.arg({ type: "DateTime", description: AT }),
    },
    resolve: async (query, { id: modelId }, { stage, at }, { db, loaders }) => {
      if (at) return readStood(db, query, await loaders.past(at).holder.load({ modelId, stage }));
      const where = { modelId_stage: { modelId, stage } };
      const shelf = await db.shelf.findUnique({ where, select: { current: query } });
      return (shelf?.current as VersionRow | null | undefined) ?? null;
    },
  }),
  versions: t.connection(
    {
      type: ModelVersion,
      description: "The model's versions, the highest number first unless ordered otherwise.",
      args: {
        where: t.arg({ type: ModelVersionFilter, description: "Which versions." }),
        orderBy: t.arg({ type: ModelVersionOrder, description: "In which order. Default: NUMBER, DESC." }),
      },
      select: (args, context, nested) => {
        const page = planPage(args, versionOfModelOrder(args.orderBy), { name: "Model.versions", where: args.where });
        return { versions: nestedRowsQuery(nested, "ModelVersion", page, versionOfModelWhere(context, args.where)) };
      },
      resolve: (model, args, context) => {
        const page = planPage(args, versionOfModelOrder(args.orderBy), { name: "Model.versions", where: args.where });
        const where = versionOfModelWhere(context, args.where);
        return toConnection(model.versions, page, () => context.loaders.countVersions(where, model.id));
      },
    },
    ModelVersionConnection,
    ModelVersionEdge,
  ),
}));

builder.queryField("modelVersions", (t) =>
  t.connection(
    {
      type: ModelVersion,
      description: "The versions of all models that the viewer may see, the newest first unless ordered otherwise.",
      args: {
        where: t.arg({ type: ModelVersionFilter, description: "Which versions." }),
        orderBy: t.arg({ type: ModelVersionOrder, description: "In which order. Default: CREATED_AT, DESC." }),
      },
      resolve: async (_root, args, context, info) => {
        const where = modelVersionWhere(context, args.where);
        const page = planPage(args, modelVersionOrder(args.orderBy), { name: "modelVersions", where: args.where });
        const rows = await context.db.modelVersion.findMany({
          ...rowsQuery(context, info, "ModelVersion", page),
          where: { AND: [where, page.where] },
          orderBy: page.orderBy,
          take: page.take,
        });
        return toConnection(rows, page, () => context.db.modelVersion.count({ where }));
      },
    },
    ModelVersionConnection,
    ModelVersionEdge,
  ),
);
