import { creatorOf } from "../../domain/access/actor.js";
import { reachableStages } from "../../domain/versions/stage.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { pageTypes } from "../kit/page-types.js";
import { Stage } from "../kit/stage.js";
import { TAG_ARGS, TAGS_ARGS, Tag, withKeys } from "../kit/tag.js";
import { valueLoader } from "../request/loaders.js";
import { Alias } from "./alias.js";
import { ModelVersionStatus } from "./model-version-status.js";

const loadTag = valueLoader("versionId", ({ modelVersionTag }) => modelVersionTag);

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
        "The URI of the artifacts. Fixed once the version is `READY`. Requires `artifacts:read`, except for the actor that registered the version.",
      select: { source: true, createdByIssuer: true, createdBySubject: true },
      resolve: ({ source }) => source,
    }),
    externalRunId: t.exposeString("externalRunId", { nullable: true }),
    externalModelId: t.exposeString("externalModelId", { nullable: true }),
    runLink: t.exposeString("runLink", { nullable: true }),
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
      resolve: creatorOf,
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the version does not have the tag.",
      args: TAG_ARGS,
      resolve: ({ id }, { key }, context) => loadTag(context, { ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The version's tags, ordered by key.",
      args: TAGS_ARGS,
      select: (args, _context, nested) => ({ tags: nested(withKeys(args)) }),
      resolve: ({ tags }) => tags,
    }),
    aliases: t.relation("aliases", {
      type: Alias,
      description: "The aliases that point to this version, ordered by name.",
      query: { orderBy: { name: "asc" } },
    }),
    viewerCanTransitionTo: t.field({
      type: [Stage],
      description: "The stages that the viewer may move the version to now. Empty if there is none.",
      select: { stage: true, status: true, deletedAt: true, model: { select: { deletedAt: true } } },
      resolve: ({ stage, status, deletedAt, model }, _args, { viewer }) =>
        deletedAt || model.deletedAt ? [] : reachableStages(stage, status, viewer.scopes),
    }),
  }),
});

export const VERSION_FIELD = {
  name: "modelVersion",
  type: ModelVersion,
  node: "ModelVersion",
  description: "The version.",
} as const;

export const versionPages = pageTypes(ModelVersion, { one: "a version", many: "versions" });
