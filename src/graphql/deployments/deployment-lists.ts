import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { mapNodes, toConnection } from "../kit/connection.js";
import { nestedList, readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { type ListOrder, type PageArgs, planPage } from "../kit/paging.js";
import { selectNestedNode } from "../kit/row-selection.js";
import { Model } from "../models/model.js";
import { type Counter, countBy } from "../request/loaders.js";
import { ModelVersion } from "../versions/model-version.js";
import { Deployment } from "./deployment.js";
import { DeploymentFilter, deploymentWhere, type GivenDeploymentFilter } from "./deployment-filter.js";

const pages = pageTypes(Deployment, { one: "a deployment", many: "deployments" });

const BY_PLACE: ListOrder = {
  columns: [
    { name: "environment", kind: "text" },
    { name: "endpoint", kind: "text" },
    { name: "id", kind: "id" },
  ],
  direction: "asc",
};

interface DeploymentsArgs extends PageArgs {
  readonly where?: GivenDeploymentFilter;
}

const deploymentsOfModel = nestedList({
  name: "Model.deployments",
  typeName: "Deployment",
  order: () => BY_PLACE,
  where: ({ where }: DeploymentsArgs, context) => deploymentWhere(context, where),
  count: countBy("modelId", ({ deployment }) => deployment),
});

builder.prismaObjectField(Model, "deployments", (t) =>
  t.connection(
    {
      type: Deployment,
      description: "The deployments of the model that the viewer may see, ordered by environment and endpoint.",
      args: { where: t.arg({ type: DeploymentFilter, description: "Which deployments." }) },
      select: (args, context, nested) => ({ deployments: deploymentsOfModel.select(nested, args, context) }),
      resolve: ({ id, deployments }, args, context) =>
        deploymentsOfModel.page({ id, rows: deployments }, args, context),
    },
    ...pages,
  ),
);

/** Below a version the paged rows are DeploymentVersion, and the deployments are one relation behind them. */
const BY_DEPLOYMENT: ListOrder = { columns: [{ name: "deploymentId", kind: "id" }], direction: "asc" };

function planRunningIn(args: DeploymentsArgs) {
  return planPage(args, BY_DEPLOYMENT, { name: "ModelVersion.deployments", where: args.where });
}

const countRunningIn: Counter<Prisma.DeploymentVersionWhereInput> = countBy(
  "versionId",
  ({ deploymentVersion }) => deploymentVersion,
);

builder.prismaObjectField(ModelVersion, "deployments", (t) =>
  t.connection(
    {
      type: Deployment,
      description: "The deployments that run the version and that the viewer may see, the oldest first.",
      args: { where: t.arg({ type: DeploymentFilter, description: "Which deployments." }) },
      select: (args, context, nested) => {
        const page = planRunningIn(args);
        const where = { AND: [{ deployment: deploymentWhere(context, args.where) }, page.where] };
        const select = { deploymentId: true, deployment: selectNestedNode(nested, "Deployment") } as const;
        return { runningIn: { where, orderBy: page.orderBy, take: page.take, select } };
      },
      resolve: ({ id, runningIn }, args, context) => {
        const where = { deployment: deploymentWhere(context, args.where) };
        const rows = toConnection(runningIn, planRunningIn(args), () => countRunningIn(context, where, id));
        return mapNodes(rows, ({ deployment }) => deployment);
      },
    },
    ...pages,
  ),
);

builder.queryField("deployments", (t) =>
  t.connection(
    {
      type: Deployment,
      description:
        "The deployments of all models that the viewer may see, as their serving environments report them, ordered by environment and endpoint. Requires `models:read`. The token's `environments` claim narrows the list.",
      args: { where: t.arg({ type: DeploymentFilter, description: "Which deployments." }) },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.deployment,
          { args, context, info },
          {
            typeName: "Deployment",
            list: { name: "deployments", where: args.where },
            order: BY_PLACE,
            where: deploymentWhere(context, args.where),
          },
        ),
    },
    ...pages,
  ),
);
