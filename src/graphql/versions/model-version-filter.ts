import { parseDigest } from "../../domain/versions/version.js";
import { type Deleted as DeletedMode, visibleVersion } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import {
  ActorFilter,
  boundedList,
  combine,
  DateTimeFilter,
  Deleted,
  md5,
  nounWhere,
  presentWhere,
  requireFilterScope,
  StringFilter,
  TagFilter,
  textWhere,
} from "../kit/filters.js";
import type { ListOrder } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import { OrderDirection } from "../models/model-filter.js";
import type { GraphQLContext } from "../request/context.js";
import { ModelVersionStatus } from "./model-version-status.js";

type Input<T extends { $inferInput: unknown }> = T["$inferInput"];

export interface ModelVersionFilterShape {
  AND?: ModelVersionFilterShape[] | null | undefined;
  OR?: ModelVersionFilterShape[] | null | undefined;
  NOT?: ModelVersionFilterShape | null | undefined;
  model?: Input<typeof StringFilter> | null | undefined;
  stage?: (typeof Stage)["$inferType"][] | null | undefined;
  status?: (typeof ModelVersionStatus)["$inferType"][] | null | undefined;
  alias?: string | null | undefined;
  digest?: string | null | undefined;
  source?: Input<typeof StringFilter> | null | undefined;
  tag?: Input<typeof TagFilter> | null | undefined;
  createdAt?: Input<typeof DateTimeFilter> | null | undefined;
  updatedAt?: Input<typeof DateTimeFilter> | null | undefined;
  createdBy?: Input<typeof ActorFilter> | null | undefined;
  deleted?: DeletedMode | null | undefined;
}

export const ModelVersionFilter = builder.inputRef<ModelVersionFilterShape>("ModelVersionFilter").implement({
  description: "Which versions: the conditions that are given all hold.",
  fields: (t) => ({
    AND: t.field({ type: [ModelVersionFilter], description: "All of these hold as well." }),
    OR: t.field({ type: [ModelVersionFilter], description: "One of these holds as well." }),
    NOT: t.field({ type: ModelVersionFilter, description: "This does not hold." }),
    model: t.field({ type: StringFilter, description: "By the name of the version's model." }),
    stage: t.field({ type: [Stage], description: "Versions on one of these stages." }),
    status: t.field({ type: [ModelVersionStatus], description: "Versions with one of these statuses." }),
    alias: t.string({ description: "Versions under this alias." }),
    digest: t.string({ description: "Versions with this digest, `sha256:<64 hex>`." }),
    source: t.field({
      type: StringFilter,
      description: "By the source. Asks for `artifacts:read`, as reading it does.",
    }),
    tag: t.field({ type: TagFilter, description: "Versions with this tag." }),
    createdAt: t.field({ type: DateTimeFilter, description: "By when the version was registered." }),
    updatedAt: t.field({ type: DateTimeFilter, description: "By when the version last changed." }),
    createdBy: t.field({ type: ActorFilter, description: "By who registered the version." }),
    deleted: t.field({
      type: Deleted,
      description: "Living versions (the default) or deleted ones; not below AND, OR or NOT.",
    }),
  }),
});

const ModelVersionOrderField = builder.enumType("ModelVersionOrderField", {
  description: "What versions are ordered by.",
  values: {
    NUMBER: { description: "The number." },
    CREATED_AT: { description: "When the version was registered." },
    UPDATED_AT: { description: "When the version last changed." },
  } as const,
});

export const ModelVersionOrder = builder.inputType("ModelVersionOrder", {
  description: "The order of versions. Versions that are alike in it are ordered by id.",
  fields: (t) => ({
    field: t.field({ type: ModelVersionOrderField, required: true, description: "What to order by." }),
    direction: t.field({ type: OrderDirection, defaultValue: "DESC", description: "Which end comes first." }),
  }),
});

const ORDERS = {
  NUMBER: [
    { name: "number", kind: "number" },
    { name: "id", kind: "id" },
  ],
  CREATED_AT: [
    { name: "createdAt", kind: "date" },
    { name: "id", kind: "id" },
  ],
  UPDATED_AT: [
    { name: "updatedAt", kind: "date" },
    { name: "id", kind: "id" },
  ],
} as const satisfies Record<(typeof ModelVersionOrderField)["$inferType"], ListOrder["columns"]>;

/** Newest first, unless told otherwise. */
export function modelVersionOrder(order: Input<typeof ModelVersionOrder> | null | undefined): ListOrder {
  return { columns: ORDERS[order?.field ?? "CREATED_AT"], direction: order?.direction === "ASC" ? "asc" : "desc" };
}

/** The same within one model, where the number alone tells versions apart and an index has it in order. */
export function versionOfModelOrder(order: Input<typeof ModelVersionOrder> | null | undefined): ListOrder {
  if (order && order.field !== "NUMBER") return modelVersionOrder(order);
  return { columns: [{ name: "number", kind: "number" }], direction: order?.direction === "ASC" ? "asc" : "desc" };
}

/** The versions, of models that the viewer may see, that match the filter. */
export function modelVersionWhere(
  context: GraphQLContext,
  filter: ModelVersionFilterShape | null | undefined,
): Prisma.ModelVersionWhereInput {
  return { AND: [visibleVersion(context.viewer, deletedMode(context, filter)), matchingVersion(context, filter)] };
}

/** The same below a model that the viewer has been shown already. */
export function versionOfModelWhere(
  context: GraphQLContext,
  filter: ModelVersionFilterShape | null | undefined,
): Prisma.ModelVersionWhereInput {
  const deletedAt = deletedMode(context, filter) === "ONLY" ? { not: null } : null;
  return filter ? { AND: [{ deletedAt }, matchingVersion(context, filter)] } : { deletedAt };
}

function deletedMode(context: GraphQLContext, filter: ModelVersionFilterShape | null | undefined): DeletedMode {
  if (filter?.deleted === "ONLY") requireFilterScope(context, "deleted: ONLY");
  return filter?.deleted ?? "EXCLUDE";
}

function matchingVersion(context: GraphQLContext, filter: ModelVersionFilterShape | null | undefined) {
  if (!filter) return {};
  return combine<ModelVersionFilterShape, Prisma.ModelVersionWhereInput>(filter, (part, field) => {
    if (part.source) requireFilterScope(context, "ModelVersionFilter.source");
    return conditions(part, field);
  });
}

function conditions(filter: ModelVersionFilterShape, field: string): Prisma.ModelVersionWhereInput {
  const { model, stage, status, digest, source } = filter;
  return {
    ...nounWhere(filter),
    ...(model ? { model: { name: textWhere(`${field}.model`, model) } } : {}),
    ...(stage ? { stage: { in: boundedList(`${field}.stage`, stage) } } : {}),
    ...(status ? { status: { in: boundedList(`${field}.status`, status) } } : {}),
    ...(typeof digest === "string" ? { digest: presentWhere({ equals: parseDigest(`${field}.digest`, digest) }) } : {}),
    ...(source ? { source: presentWhere(textWhere(`${field}.source`, source)) } : {}),
    ...(typeof source?.equals === "string" ? { sourceHash: presentWhere({ equals: md5(source.equals) }) } : {}),
  };
}
