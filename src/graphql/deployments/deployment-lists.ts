import { builder } from "../kit/builder.js";
import { nestedNodeQuery, nestedRowsQuery, rowsQuery, toConnection } from "../kit/connection.js";
import { pageTypes } from "../kit/page-types.js";
import { type ListOrder, planPage } from "../kit/paging.js";
import { Model } from "../models/model.js";
import { ModelVersion } from "../versions/model-version.js";
import { Deployment } from "./deployment.js";
import { DeploymentFilter, deploymentWhere } from "./deployment-filter.js";

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
