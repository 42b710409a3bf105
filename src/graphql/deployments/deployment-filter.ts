import { visibleDeployment } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { boundedList, modelConditions, textConditions } from "../kit/conditions.js";
import { StringFilter } from "../kit/filter-inputs.js";
import { filterType, matching } from "../kit/filters.js";
import type { GraphQLContext } from "../request/context.js";
import { DeploymentHealth, DeploymentState } from "./deployment-enums.js";

export const DeploymentFilter = filterType("DeploymentFilter", "deployments", (t) => ({
  environment: t.field({ type: StringFilter, description: "The environment." }),
  endpoint: t.field({ type: StringFilter, description: "The endpoint." }),
  model: t.field({ type: StringFilter, description: "The name of the model." }),
  state: t.field({ type: [DeploymentState], description: "The deployment is in one of these states." }),
  health: t.field({ type: [DeploymentHealth], description: "The deployment has one of these health values." }),
  drifted: t.boolean({
    description: "Whether the running versions differ from the version of the followed stage or alias.",
  }),
  stale: t.boolean({ description: "Whether the last report has outlived its `ttlSeconds`." }),
}));

export type GivenDeploymentFilter = typeof DeploymentFilter.$inferInput | null | undefined;

/** The deployments that the viewer may see and that match the filter. */
export function deploymentWhere(context: GraphQLContext, filter: GivenDeploymentFilter): Prisma.DeploymentWhereInput {
  const matched = matching(filter, (part, field): Prisma.DeploymentWhereInput => {
    const { environment, endpoint, model, state, health, drifted, stale } = part;
    return {
      ...(state ? { state: { in: boundedList(`${field}.state`, state) } } : {}),
      ...(health ? { health: { in: boundedList(`${field}.health`, health) } } : {}),
      ...(typeof drifted === "boolean" ? { drifted } : {}),
      AND: [
        ...textConditions(
          `${field}.environment`,
          environment,
          (text) => ({ environment: text }),
          (environmentText) => ({ environmentText }),
        ),
        ...textConditions(
          `${field}.endpoint`,
          endpoint,
          (text) => ({ endpoint: text }),
          (endpointText) => ({ endpointText }),
        ),
        ...modelConditions(`${field}.model`, model),
        ...(typeof stale === "boolean" ? [staleWhere(stale, timeOfTurn(context))] : []),
      ],
    };
  });
  return { AND: [visibleDeployment(context.viewer), matched] };
}

const times = new WeakMap<GraphQLContext, Date>();

/** The same time for all filters of one turn of the event loop, so that the totals of a page's rows are one grouped statement. */
function timeOfTurn(context: GraphQLContext): Date {
  const known = times.get(context);
  if (known) return known;
  const at = context.now();
  times.set(context, at);
  setImmediate(() => times.delete(context));
  return at;
}

/** Compares no NULL, so that a NOT around it matches exactly the other rows. */
function staleWhere(stale: boolean, at: Date): Prisma.DeploymentWhereInput {
  return stale
    ? { AND: [{ staleAt: { not: null } }, { staleAt: { lte: at } }] }
    : { OR: [{ staleAt: null }, { staleAt: { gt: at } }] };
}
