import { creatorOf } from "../../domain/access/actor.js";
import type { Deployment as Row } from "../../store/generated/client.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { Stage } from "../kit/stage.js";
import { living } from "../kit/visible-rows.js";
import { Model } from "../models/model.js";
import { ModelVersion } from "../versions/model-version.js";
import { DeploymentHealth, DeploymentState } from "./deployment-enums.js";

const DeploymentTarget = builder.objectRef<Pick<Row, "followsStage" | "followsAlias">>("DeploymentTarget").implement({
  description: "What a deployment follows. Exactly one field is set.",
  fields: (t) => ({
    stage: t.field({
      type: Stage,
      nullable: true,
      description: "The stage whose current holder the deployment should run.",
      resolve: ({ followsStage }) => followsStage,
    }),
    alias: t.string({
      nullable: true,
      description: "The alias whose version the deployment should run.",
      resolve: ({ followsAlias }) => followsAlias,
    }),
  }),
});

const DeployedVersion = builder.prismaObject("DeploymentVersion", {
  name: "DeployedVersion",
  description: "A version that a deployment runs.",
  select: { deploymentId: true, versionId: true },
  fields: (t) => ({
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version; null if it is deleted.",
      select: (_args, _context, nested) => ({ modelVersion: nested({ select: { id: true, deletedAt: true } }) }),
      resolve: ({ modelVersion }) => living(modelVersion),
    }),
    number: t.int({
      description: "The version's number, also if it is deleted.",
      select: { modelVersion: { select: { number: true } } },
      resolve: ({ modelVersion }) => modelVersion.number,
    }),
    weight: t.exposeInt("weight"),
    since: t.expose("since", { type: "DateTime" }),
  }),
});

export const Deployment = builder.prismaObject("Deployment", {
  description: "The versions of one model that one endpoint really runs, as its serving environment reports them.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The deployment's global id.", resolve: ({ id }) => encodeId("Deployment", id) }),
    environment: t.exposeString("environment"),
    endpoint: t.exposeString("endpoint"),
    model: t.relation("model", { type: Model, description: "The model that is served." }),
    follows: t.field({
      type: DeploymentTarget,
      nullable: true,
      description: "The stage or alias that the deployment follows; null if none.",
      select: { followsStage: true, followsAlias: true },
      resolve: (row) => (row.followsStage === null && row.followsAlias === null ? null : row),
    }),
    desired: t.relation("desired", {
      type: ModelVersion,
      nullable: true,
      description: "The version that the followed stage or alias has now; null if it has none or nothing is followed.",
    }),
    drifted: t.exposeBoolean("drifted"),
    running: t.relation("running", {
      type: DeployedVersion,
      description: "The running versions, ordered by number. At most 20; a canary runs two.",
      query: { orderBy: { modelVersion: { number: "asc" } } },
    }),
    state: t.expose("state", { type: DeploymentState }),
    health: t.expose("health", { type: DeploymentHealth }),
    message: t.exposeString("message", { nullable: true }),
    observedCursor: t.exposeString("observedCursor", { nullable: true }),
    observedAt: t.expose("observedAt", { type: "DateTime" }),
    ttlSeconds: t.exposeInt("ttlSeconds", { nullable: true }),
    lastReportedAt: t.expose("lastReportedAt", { type: "DateTime" }),
    stale: t.boolean({
      description: "Whether the last report has outlived its `ttlSeconds`.",
      select: { staleAt: true },
      resolve: ({ staleAt }, _args, { now }) => staleAt !== null && staleAt <= now(),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who first reported the deployment.",
      select: CREATED_BY,
      resolve: creatorOf,
    }),
  }),
});
