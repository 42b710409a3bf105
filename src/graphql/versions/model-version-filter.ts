import { parseDigest } from "../../domain/versions/version.js";
import { visibleVersion } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import {
  boundedList,
  md5,
  modelConditions,
  nounWhere,
  presentWhere,
  requireFilterScope,
  textConditions,
} from "../kit/conditions.js";
import { DateTimeFilter, StringFilter } from "../kit/filter-inputs.js";
import { deletedMode, filterType, matching, nounConditions } from "../kit/filters.js";
import { orderType } from "../kit/order-input.js";
import { byColumn, type ListOrder } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import type { GraphQLContext } from "../request/context.js";
import { ModelVersionStatus } from "./model-version-status.js";

export const ModelVersionFilter = filterType("ModelVersionFilter", "versions", (t) => ({
  ...nounConditions(t, { one: "version", many: "versions", made: "registered", scope: "models:delete" }),
  model: t.field({ type: StringFilter, description: "The name of the version's model." }),
  description: t.field({ type: StringFilter, description: "The version's description." }),
  stage: t.field({ type: [Stage], description: "The version is in one of these stages." }),
  status: t.field({ type: [ModelVersionStatus], description: "The version has one of these statuses." }),
  alias: t.string({ description: "This alias points to the version." }),
  digest: t.string({ description: "The version has this digest, `sha256:<64 hex>`." }),
  source: t.field({
    type: StringFilter,
    description: "The source. Requires `artifacts:read`, as reading the field does.",
  }),
  updatedAt: t.field({ type: DateTimeFilter, description: "When the version last changed." }),
}));

export const [ModelVersionOrder, modelVersionOrder] = orderType("ModelVersionOrder", {
  many: "versions",
  choices: {
    NUMBER: { description: "The version's number.", columns: byColumn("number", "number") },
    CREATED_AT: { description: "When the version was registered.", columns: byColumn("createdAt", "date") },
    UPDATED_AT: { description: "When the version last changed.", columns: byColumn("updatedAt", "date") },
  },
  initial: { field: "CREATED_AT", direction: "DESC" },
});

type GivenFilter = typeof ModelVersionFilter.$inferInput | null | undefined;
type GivenOrder = typeof ModelVersionOrder.$inferInput | null | undefined;

/** The same within one model, where the number is unique and has an index. */
export function versionOfModelOrder(order: GivenOrder): ListOrder {
  if (order && order.field !== "NUMBER") return modelVersionOrder(order);
  return { columns: [{ name: "number", kind: "number" }], direction: order?.direction === "ASC" ? "asc" : "desc" };
}

/** The versions that the viewer may see and that match the filter. */
export function modelVersionWhere(context: GraphQLContext, filter: GivenFilter): Prisma.ModelVersionWhereInput {
  const deleted = deletedMode(context, filter, "deleted: ONLY");
  return { AND: [visibleVersion(context.viewer, deleted), matchingVersion(context, filter)] };
}

/** The same below a model that the viewer may see. */
export function versionOfModelWhere(context: GraphQLContext, filter: GivenFilter): Prisma.ModelVersionWhereInput {
  const deletedAt = deletedMode(context, filter, "deleted: ONLY") === "ONLY" ? { not: null } : null;
  return { AND: [{ deletedAt }, matchingVersion(context, filter)] };
}

function matchingVersion(context: GraphQLContext, filter: GivenFilter): Prisma.ModelVersionWhereInput {
  return matching(filter, (part, field): Prisma.ModelVersionWhereInput => {
    const { model, stage, status, digest, source, description } = part;
    if (source) requireFilterScope(context, "ModelVersionFilter.source");
    return {
      ...nounWhere(part),
      ...(stage ? { stage: { in: boundedList(`${field}.stage`, stage) } } : {}),
      ...(status ? { status: { in: boundedList(`${field}.status`, status) } } : {}),
      ...(typeof digest === "string"
        ? { digest: presentWhere({ equals: parseDigest(`${field}.digest`, digest) }) }
        : {}),
      AND: [
        ...modelConditions(`${field}.model`, model),
        ...textConditions(`${field}.description`, description, (text) => ({ description: presentWhere(text) })),
        ...textConditions(`${field}.source`, source, (text) => ({ source: presentWhere(text) })),
      ],
      ...(typeof source?.equals === "string" ? { sourceHash: presentWhere({ equals: md5(source.equals) }) } : {}),
    };
  });
}
