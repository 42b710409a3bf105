import type { Deployment as Row } from "../store/generated/client.js";
import { Actor, CREATED_BY, createdBy } from "./actor.js";
import { builder } from "./builder.js";
import { nestedNodeQuery, nestedRowsQuery, rowsQuery, toConnection } from "./connection.js";
import { DeploymentHealth, DeploymentState } from "./deployment-enums.js";
import { DeploymentFilter, deploymentWhere } from "./deployment-filter.js";
import { encodeId } from "./ids.js";
import { Model } from "./model.js";
import { ModelVersion } from "./model-version.js";
import { Node } from "./node-interface.js";
import { pageTypes } from "./page-types.js";
import { type ListOrder, planPage } from "./paging.js";
import { Stage } from "./stage.js";

const DeploymentTarget = builder.objectRef<Pick<Row, "followsStage" | "followsAlias">>("DeploymentTarget").implement({
  description: "What a deployment follows: exactly one of these.",
  fields: (t) => ({
    stage: t.field({
      type: Stage,
      nullable: true,
      description: "The stage whose holder it should run.",
      resolve: ({ followsStage }) => followsStage,
    }),
    alias: t.string({
      nullable: true,
      description: "The alias whose version it should run.",
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
      description: "The version; null once it was deleted.",
      select: (_args, _context, nested) => ({ modelVersion: nested({ select: { deletedAt: true } } as never) }),
      resolve: (running) => livingVersion(running) as never,
    }),
    number: t.int({
      description: "The version's number, also once it was deleted.",
      select: { modelVersion: { select: { number: true } } },
      resolve: ({ modelVersion }) => modelVersion.number,
    }),
    weight: t.exposeInt("weight"),
    since: t.expose("since", { type: "DateTime" }),
  }),
});

function livingVersion(running: object): object | null {
  const { modelVersion } = running as { modelVersion: { deletedAt: Date | null } };
  return modelVersion.deletedAt === null ? modelVersion : null;
}

export const Deployment = builder.prismaObject("Deployment", {
  description: "What a serving environment says it is really running of one model on one endpoint.",
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
      description: "What it follows; null if nothing.",
      select: { followsStage: true, followsAlias: true },
      resolve: (row) => (row.followsStage === null && row.followsAlias === null ? null : row),
    }),
    desired: t.relation("desired", {
      type: ModelVersion,
      nullable: true,
      description:
        "The version that the followed stage or alias says now; null if it says none or nothing is followed.",
    }),
    drifted: t.exposeBoolean("drifted"),
    running: t.relation("running", {
      type: DeployedVersion,
      description: "The versions that run, by number; at most 20. A canary runs two.",
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
      description: "Whether the last report is older than it was good for (`ttlSeconds`).",
      select: { staleAt: true },
      resolve: ({ staleAt }, _args, { now }) => staleAt !== null && staleAt <= now(),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({ type: Actor, description: "Who reported it first.", select: CREATED_BY, resolve: createdBy }),
  }),
});

const pages = pageTypes(Deployment, { one: "deployment", many: "deployments" });

const BY_PLACE: ListOrder = {
  columns: [
    { name: "environment", kind: "text" },
    { name: "endpoint", kind: "text" },
    { name: "id", kind: "id" },
  ],
  direction: "asc",
};

builder.prismaObjectField(Model, "deployments", (t) =>
  t.connection(
    {
      type: Deployment,
      description: "Where the model is served, by environment and endpoint, as far as the viewer may see.",
      args: { where: t.arg({ type: DeploymentFilter, description: "Which deployments." }) },
      select: (args, context, nested) => {
        const page = planPage(args, BY_PLACE, { name: "Model.deployments", where: args.where });
        return { deployments: nestedRowsQuery(nested, "Deployment", page, deploymentWhere(context, args.where)) };
      },
      resolve: ({ id, deployments }, args, context) => {
        const page = planPage(args, BY_PLACE, { name: "Model.deployments", where: args.where });
        const where = deploymentWhere(context, args.where);
        return toConnection(deployments, page, () => context.loaders.countDeployments(where, id));
      },
    },
    pages.Connection,
    pages.Edge,
  ),
);

/** Below a version the rows that are paged say what runs it, and the deployments stand behind them. */
const BY_DEPLOYMENT: ListOrder = { columns: [{ name: "deploymentId", kind: "id" }], direction: "asc" };

builder.prismaObjectField(ModelVersion, "deployments", (t) =>
  t.connection(
    {
      type: Deployment,
      description: "Where the version runs, the one that was reported first first, as far as the viewer may see.",
      args: { where: t.arg({ type: DeploymentFilter, description: "Which deployments." }) },
      select: (args, context, nested) => {
        const page = planPage(args, BY_DEPLOYMENT, { name: "ModelVersion.deployments", where: args.where });
        const where = { AND: [{ deployment: deploymentWhere(context, args.where) }, page.where] };
        const select = { deploymentId: true, deployment: nestedNodeQuery(nested, "Deployment") };
        return { runningIn: { where, orderBy: page.orderBy, take: page.take, select } };
      },
      resolve: ({ id, runningIn }, args, context) => {
        const page = planPage(args, BY_DEPLOYMENT, { name: "ModelVersion.deployments", where: args.where });
        const where = { deployment: deploymentWhere(context, args.where) };
        const rows = toConnection(runningIn, page, () => context.loaders.countRunningIn(where, id));
        return { ...rows, edges: rows.edges.map(({ cursor, node }) => ({ cursor, node: node.deployment })) };
      },
    },
    pages.Connection,
    pages.Edge,
  ),
);

builder.queryField("deployments", (t) =>
  t.connection(
    {
      type: Deployment,
      description:
        "What serving environments say they run, of all models that the viewer may see, by environment and endpoint. Asks for `models:read`; the token's `environments` claim narrows it.",
      args: { where: t.arg({ type: DeploymentFilter, description: "Which deployments." }) },
      resolve: async (_root, args, context, info) => {
        const where = deploymentWhere(context, args.where);
        const page = planPage(args, BY_PLACE, { name: "deployments", where: args.where });
        const rows = await context.db.deployment.findMany({
          ...rowsQuery(context, info, "Deployment", page),
          where: { AND: [where, page.where] },
          orderBy: page.orderBy,
          take: page.take,
        });
        return toConnection(rows, page, () => context.db.deployment.count({ where }));
      },
    },
    pages.Connection,
    pages.Edge,
  ),
);
