import { visibleDataset } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { nameConditions, nounWhere, presentWhere, requireFilterScope, textConditions } from "../kit/conditions.js";
import { StringFilter } from "../kit/filter-inputs.js";
import { deletedMode, filterType, matching, nounConditions } from "../kit/filters.js";
import { orderType } from "../kit/order-input.js";
import { byColumn } from "../kit/paging.js";
import type { GraphQLContext } from "../request/context.js";

export const DatasetFilter = filterType("DatasetFilter", "datasets", (t) => ({
  ...nounConditions(t, { one: "dataset", many: "datasets", made: "registered", scope: "runs:write" }),
  name: t.field({ type: StringFilter, description: "The dataset's name." }),
  digest: t.string({ description: "The dataset has this digest." }),
  source: t.field({
    type: StringFilter,
    description: "The source. Requires `artifacts:read`, as reading the field does.",
  }),
}));

export const [DatasetOrder, datasetOrder] = orderType("DatasetOrder", {
  many: "datasets",
  choices: {
    NAME: { description: "The name, compared byte by byte.", columns: byColumn("name", "text") },
    CREATED_AT: { description: "When the dataset was registered.", columns: byColumn("createdAt", "date") },
  },
  initial: { field: "NAME", direction: "ASC" },
});

/** The datasets that match the filter and that the viewer may see. */
export function datasetWhere(
  context: GraphQLContext,
  filter: typeof DatasetFilter.$inferInput | null | undefined,
): Prisma.DatasetWhereInput {
  const visible = visibleDataset(context.viewer, deletedMode(context, filter, "deleted: ONLY of runs"));
  const matched = matching(filter, (part, field): Prisma.DatasetWhereInput => {
    const { name, digest, source } = part;
    if (source) requireFilterScope(context, "DatasetFilter.source");
    return {
      ...nounWhere(part),
      AND: [
        ...nameConditions(`${field}.name`, name),
        ...textConditions(`${field}.source`, source, (text) => ({ source: presentWhere(text) })),
      ],
      ...(typeof digest === "string" ? { digest } : {}),
    };
  });
  return { AND: [visible, matched] };
}
