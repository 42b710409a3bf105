import { type Deleted as DeletedMode, visibleDataset } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import {
  ActorFilter,
  combine,
  DateTimeFilter,
  Deleted,
  nounWhere,
  presentWhere,
  requireFilterScope,
  StringFilter,
  TagFilter,
  textWhere,
} from "../kit/filters.js";
import type { ListOrder } from "../kit/paging.js";
import { OrderDirection } from "../models/model-filter.js";
import type { GraphQLContext } from "../request/context.js";

type Input<T extends { $inferInput: unknown }> = T["$inferInput"];

export interface DatasetFilterShape {
  AND?: DatasetFilterShape[] | null | undefined;
  OR?: DatasetFilterShape[] | null | undefined;
  NOT?: DatasetFilterShape | null | undefined;
  name?: Input<typeof StringFilter> | null | undefined;
  digest?: string | null | undefined;
  source?: Input<typeof StringFilter> | null | undefined;
  tag?: Input<typeof TagFilter> | null | undefined;
  createdAt?: Input<typeof DateTimeFilter> | null | undefined;
  createdBy?: Input<typeof ActorFilter> | null | undefined;
  deleted?: DeletedMode | null | undefined;
}

export const DatasetFilter = builder.inputRef<DatasetFilterShape>("DatasetFilter").implement({
  description: "Which datasets: the conditions that are given all hold.",
  fields: (t) => ({
    AND: t.field({ type: [DatasetFilter], description: "All of these hold as well." }),
    OR: t.field({ type: [DatasetFilter], description: "One of these holds as well." }),
    NOT: t.field({ type: DatasetFilter, description: "This does not hold." }),
    name: t.field({ type: StringFilter, description: "By the name." }),
    digest: t.string({ description: "Datasets with this digest." }),
    source: t.field({
      type: StringFilter,
      description: "By the source. Asks for `artifacts:read`, as reading it does.",
    }),
    tag: t.field({ type: TagFilter, description: "Datasets with this tag." }),
    createdAt: t.field({ type: DateTimeFilter, description: "By when the dataset was registered." }),
    createdBy: t.field({ type: ActorFilter, description: "By who registered the dataset." }),
    deleted: t.field({
      type: Deleted,
      description: "Living datasets (the default) or deleted ones, for `runs:write`; not below AND, OR or NOT.",
    }),
  }),
});

const DatasetOrderField = builder.enumType("DatasetOrderField", {
  description: "What datasets are ordered by.",
  values: {
    NAME: { description: "The name, byte by byte." },
    CREATED_AT: { description: "When the dataset was registered." },
  } as const,
});

export const DatasetOrder = builder.inputType("DatasetOrder", {
  description: "The order of datasets. Datasets that are alike in it are ordered by id.",
  fields: (t) => ({
    field: t.field({ type: DatasetOrderField, required: true, description: "What to order by." }),
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
} as const satisfies Record<(typeof DatasetOrderField)["$inferType"], ListOrder["columns"]>;

/** By name, unless told otherwise. */
export function datasetOrder(order: Input<typeof DatasetOrder> | null | undefined): ListOrder {
  return { columns: ORDERS[order?.field ?? "NAME"], direction: order?.direction === "DESC" ? "desc" : "asc" };
}

export function datasetWhere(
  context: GraphQLContext,
  filter: DatasetFilterShape | null | undefined,
): Prisma.DatasetWhereInput {
  if (filter?.deleted === "ONLY") requireFilterScope(context, "deleted: ONLY of runs");
  const visible = visibleDataset(context.viewer, filter?.deleted ?? "EXCLUDE");
  if (!filter) return visible;
  const matching = combine<DatasetFilterShape, Prisma.DatasetWhereInput>(filter, (part, field) => {
    const { name, digest, source } = part;
    if (source) requireFilterScope(context, "DatasetFilter.source");
    return {
      ...nounWhere(part),
      ...(name ? { name: textWhere(`${field}.name`, name) } : {}),
      ...(typeof digest === "string" ? { digest } : {}),
      ...(source ? { source: presentWhere(textWhere(`${field}.source`, source)) } : {}),
    };
  });
  return { AND: [visible, matching] };
}
