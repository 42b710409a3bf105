import { ACTED_BY, Actor, actedBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId } from "../kit/ids.js";
import { nestedList } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { NEWEST_REVISION_FIRST } from "../kit/paging.js";
import { countBy } from "../request/loaders.js";
import { Deployment } from "./deployment.js";
import { DeploymentHealth, DeploymentState } from "./deployment-enums.js";

type Ran = { readonly versionId: string; readonly number: number; readonly weight: number };

const RanVersion = builder.objectRef<Ran>("RanVersion").implement({
  description: "A version that a deployment ran at a time.",
  fields: (t) => ({
    versionId: t.id({
      description: "The version's global id.",
      resolve: ({ versionId }) => encodeId("ModelVersion", versionId),
    }),
    number: t.exposeInt("number", { description: "The version's number." }),
    weight: t.exposeInt("weight", {
      description: "The version's share of the traffic, relative to the sum of all weights.",
    }),
  }),
});

const DeploymentChange = builder.prismaObject("DeploymentChange", {
  description: "One change of what a deployment runs, of its state or of its health. Never updated and never deleted.",
  select: { id: true },
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime" }),
    revision: t.expose("revision", { type: "Long" }),
    actor: t.field({
      type: Actor,
      description: "Who reported it.",
      select: ACTED_BY,
      resolve: actedBy,
    }),
    state: t.expose("state", { type: DeploymentState, nullable: true }),
    health: t.expose("health", { type: DeploymentHealth, nullable: true }),
    message: t.exposeString("message", { nullable: true }),
    removed: t.boolean({
      description: "Whether the change was the removal of the deployment.",
      select: { state: true },
      resolve: ({ state }) => state === null,
    }),
    running: t.field({
      type: [RanVersion],
      description: "The versions that ran after the change, ordered by number.",
      select: { running: true },
      resolve: ({ running }) => running as Ran[],
    }),
  }),
});

const pages = pageTypes(DeploymentChange, { one: "a change of a deployment", many: "changes of a deployment" });

const changes = nestedList({
  name: "Deployment.history",
  typeName: "DeploymentChange",
  order: () => NEWEST_REVISION_FIRST,
  where: () => ({}),
  filter: () => null,
  count: countBy("deploymentId", ({ deploymentChange }) => deploymentChange),
});

builder.prismaObjectField(Deployment, "history", (t) =>
  t.connection(
    {
      type: DeploymentChange,
      description: "The changes of what the deployment runs, of its state and of its health, the newest first.",
      select: (args, context, nested) => ({ changes: changes.select(nested, args, context) }),
      resolve: (deployment, args, context) =>
        changes.page({ id: deployment.id, rows: deployment.changes }, args, context),
    },
    ...pages,
  ),
);
