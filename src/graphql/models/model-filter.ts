import { type Deleted as DeletedMode, visibleModel } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import {
  ActorFilter,
  combine,
  DateTimeFilter,
  Deleted,
  nounWhere,
  requireFilterScope,
  StringFilter,
  TagFilter,
  textWhere,
} from "../kit/filters.js";
import type { ListOrder } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import type { GraphQLContext } from "../request/context.js";

type Input<T extends { $inferInput: unknown }> = T["$inferInput"];

export interface ModelFilterShape {
  AND?: ModelFilterShape[] | null | undefined;
  OR?: ModelFilterShape[] | null | undefined;
  NOT?: ModelFilterShape | null | undefined;
  name?: Input<typeof StringFilter> | null | undefined;
  tag?: Input<typeof TagFilter> | null | undefined;
  stage?: (typeof Stage)["$inferType"] | null | undefined;
  alias?: string | null | undefined;
  createdAt?: Input<typeof DateTimeFilter> | null | undefined;
  updatedAt?: Input<typeof DateTimeFilter> | null | undefined;
  createdBy?: Input<typeof ActorFilter> | null | undefined;
  deleted?: DeletedMode | null | undefined;
}

export const ModelFilter = builder.inputRef<ModelFilterShape>("ModelFilter").implement({
  description: "Which models: the conditions that are given all hold.",
  fields: (t) => ({
    AND: t.field({ type: [ModelFilter], description: "All of these hold as well." }),
    OR: t.field({ type: [ModelFilter], description: "One of these holds as well." }),
    NOT: t.field({ type: ModelFilter, description: "This does not hold." }),
    name: t.field({ type: StringFilter, description: "By the model's name." }),
    tag: t.field({ type: TagFilter, description: "Models with this tag." }),
    stage: t.field({ type: Stage, description: "Models with a version on this stage." }),
    alias: t.string({ description: "Models with this alias." }),
    createdAt: t.field({ type: DateTimeFilter, description: "By when the model was registered." }),
    updatedAt: t.field({ type: DateTimeFilter, description: "By when the model last changed." }),
    createdBy: t.field({ type: ActorFilter, description: "By who registered the model." }),
    deleted: t.field({
      type: Deleted,
      description: "Living models (the default) or deleted ones; not below AND, OR or NOT.",
    }),
  }),
});

const ModelOrderField = builder.enumType("ModelOrderField", {
  description: "What models are ordered by.",
  values: {
    NAME: { description: "The name, byte by byte." },
    CREATED_AT: { description: "When the model was registered." },
    UPDATED_AT: { description: "When the model last changed." },
  } as const,
});

export const OrderDirection = builder.enumType("OrderDirection", {
  description: "Which end comes first.",
  values: { ASC: { description: "The lowest or oldest." }, DESC: { description: "The highest or newest." } } as const,
});

export const ModelOrder = builder.inputType("ModelOrder", {
  description: "The order of models. Models that are alike in it are ordered by id.",
  fields: (t) => ({
    field: t.field({ type: ModelOrderField, required: true, description: "What to order by." }),
    direction: t.field({ type: OrderDirection, defaultValue: "ASC", description: "Which end comes first." }),
  }),
});

const ORDERS = {
  NAME: [
    { name: "name", kind: "text" },
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
} as const satisfies Record<(typeof ModelOrderField)["$inferType"], ListOrder["columns"]>;

export function modelOrder(order: Input<typeof ModelOrder> | null | undefined): ListOrder {
  return { columns: ORDERS[order?.field ?? "NAME"], direction: order?.direction === "DESC" ? "desc" : "asc" };
}

/** The models that match the filter and that the viewer may see. */
export function modelWhere(
  context: GraphQLContext,
  filter: ModelFilterShape | null | undefined,
): Prisma.ModelWhereInput {
  const deleted = filter?.deleted ?? "EXCLUDE";
  if (deleted === "ONLY") requireFilterScope(context, "deleted: ONLY");
  const visible = visibleModel(context.viewer, deleted);
  return filter ? { AND: [visible, combine<ModelFilterShape, Prisma.ModelWhereInput>(filter, conditions)] } : visible;
}

function conditions(filter: ModelFilterShape, field: string): Prisma.ModelWhereInput {
  const { name, stage } = filter;
  return {
    ...nounWhere(filter),
    ...(name ? { name: textWhere(`${field}.name`, name) } : {}),
    ...(stage ? { shelves: { some: { stage, count: { gt: 0 } } } } : {}),
  };
}
