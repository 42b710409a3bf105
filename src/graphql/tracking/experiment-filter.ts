import { type Deleted as DeletedMode, visibleExperiment } from "../../store/access/visibility.js";
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
import { OrderDirection } from "../models/model-filter.js";
import type { GraphQLContext } from "../request/context.js";

type Input<T extends { $inferInput: unknown }> = T["$inferInput"];

export interface ExperimentFilterShape {
  AND?: ExperimentFilterShape[] | null | undefined;
  OR?: ExperimentFilterShape[] | null | undefined;
  NOT?: ExperimentFilterShape | null | undefined;
  name?: Input<typeof StringFilter> | null | undefined;
  tag?: Input<typeof TagFilter> | null | undefined;
  createdAt?: Input<typeof DateTimeFilter> | null | undefined;
  updatedAt?: Input<typeof DateTimeFilter> | null | undefined;
  createdBy?: Input<typeof ActorFilter> | null | undefined;
  deleted?: DeletedMode | null | undefined;
}

export const ExperimentFilter = builder.inputRef<ExperimentFilterShape>("ExperimentFilter").implement({
  description: "Which experiments: the conditions that are given all hold.",
  fields: (t) => ({
    AND: t.field({ type: [ExperimentFilter], description: "All of these hold as well." }),
    OR: t.field({ type: [ExperimentFilter], description: "One of these holds as well." }),
    NOT: t.field({ type: ExperimentFilter, description: "This does not hold." }),
    name: t.field({ type: StringFilter, description: "By the experiment's name." }),
    tag: t.field({ type: TagFilter, description: "Experiments with this tag." }),
    createdAt: t.field({ type: DateTimeFilter, description: "By when the experiment was created." }),
    updatedAt: t.field({ type: DateTimeFilter, description: "By when the experiment last changed." }),
    createdBy: t.field({ type: ActorFilter, description: "By who created the experiment." }),
    deleted: t.field({
      type: Deleted,
      description: "Living experiments (the default) or deleted ones, for `runs:write`; not below AND, OR or NOT.",
    }),
  }),
});

const ExperimentOrderField = builder.enumType("ExperimentOrderField", {
  description: "What experiments are ordered by.",
  values: {
    NAME: { description: "The name, byte by byte." },
    CREATED_AT: { description: "When the experiment was created." },
    UPDATED_AT: { description: "When the experiment last changed." },
  } as const,
});

export const ExperimentOrder = builder.inputType("ExperimentOrder", {
  description: "The order of experiments. Experiments that are alike in it are ordered by id.",
  fields: (t) => ({
    field: t.field({ type: ExperimentOrderField, required: true, description: "What to order by." }),
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
} as const satisfies Record<(typeof ExperimentOrderField)["$inferType"], ListOrder["columns"]>;

/** By name, unless told otherwise. */
export function experimentOrder(order: Input<typeof ExperimentOrder> | null | undefined): ListOrder {
  return { columns: ORDERS[order?.field ?? "NAME"], direction: order?.direction === "DESC" ? "desc" : "asc" };
}

/** The experiments that match the filter and that the viewer may see. */
export function experimentWhere(
  context: GraphQLContext,
  filter: ExperimentFilterShape | null | undefined,
): Prisma.ExperimentWhereInput {
  const deleted = filter?.deleted ?? "EXCLUDE";
  if (deleted === "ONLY") requireFilterScope(context, "deleted: ONLY of runs");
  const visible = visibleExperiment(context.viewer, deleted);
  if (!filter) return visible;
  const matching = combine<ExperimentFilterShape, Prisma.ExperimentWhereInput>(filter, (part, field) => ({
    ...nounWhere(part),
    ...(part.name ? { name: textWhere(`${field}.name`, part.name) } : {}),
  }));
  return { AND: [visible, matching] };
}
