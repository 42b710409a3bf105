import { visibleModel } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { boundedList, nameConditions, nounWhere, presentWhere, textConditions } from "../kit/conditions.js";
import { DateTimeFilter, StringFilter } from "../kit/filter-inputs.js";
import { deletedMode, filterType, matching, nounConditions } from "../kit/filters.js";
import { orderType } from "../kit/order-input.js";
import { byColumn } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import type { GraphQLContext } from "../request/context.js";
import { ModelKind } from "./model-kind.js";

export const ModelFilter = filterType("ModelFilter", "models", (t) => ({
  ...nounConditions(t, { one: "model", many: "models", made: "registered", scope: "models:delete" }),
  name: t.field({ type: StringFilter, description: "The model's name." }),
  description: t.field({ type: StringFilter, description: "The model's description." }),
  stage: t.field({ type: Stage, description: "The model has a version in this stage." }),
  kind: t.field({
    type: [ModelKind],
    description:
      "The model is of one of these kinds. Without such a condition anywhere in a filter, prompts are left out.",
  }),
  alias: t.string({ description: "The model has this alias." }),
  updatedAt: t.field({ type: DateTimeFilter, description: "When the model last changed." }),
}));

export const [ModelOrder, modelOrder] = orderType("ModelOrder", {
  many: "models",
  choices: {
    NAME: { description: "The name, compared byte by byte.", columns: byColumn("name", "text") },
    CREATED_AT: { description: "When the model was registered.", columns: byColumn("createdAt", "date") },
    UPDATED_AT: { description: "When the model last changed.", columns: byColumn("updatedAt", "date") },
  },
  initial: { field: "NAME", direction: "ASC" },
});

/** The models that match the filter and that the viewer may see. */
export function modelWhere(
  context: GraphQLContext,
  filter: typeof ModelFilter.$inferInput | null | undefined,
): Prisma.ModelWhereInput {
  const visible = visibleModel(context.viewer, deletedMode(context, filter, "deleted: ONLY"));
  const matched = matching(
    filter,
    (part, field): Prisma.ModelWhereInput => ({
      ...nounWhere(part),
      AND: [
        ...nameConditions(`${field}.name`, part.name),
        ...textConditions(`${field}.description`, part.description, (text) => ({ description: presentWhere(text) })),
      ],
      ...(part.kind ? { kind: { in: boundedList(`${field}.kind`, part.kind) } } : {}),
      ...(part.stage ? { shelves: { some: { stage: part.stage, count: { gt: 0 } } } } : {}),
    }),
  );
  return { AND: [visible, ...(namesKind(filter) ? [] : [{ kind: "MODEL" as const }]), matched] };
}

type GivenFilter = typeof ModelFilter.$inferInput | null | undefined;

/** Whether a part of the filter says which kinds it wants. */
function namesKind(filter: GivenFilter): boolean {
  if (!filter) return false;
  const { kind, AND, OR, NOT } = filter;
  return Boolean(kind) || [...(AND ?? []), ...(OR ?? []), NOT].some(namesKind);
}
