import { visibleExperiment } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { boundedList, LIST_MAX, nameConditions, nounWhere, presentWhere, textConditions } from "../kit/conditions.js";
import { DateTimeFilter, StringFilter } from "../kit/filter-inputs.js";
import { deletedMode, filterType, matching, nounConditions } from "../kit/filters.js";
import { orderType } from "../kit/order-input.js";
import { byColumn } from "../kit/paging.js";
import type { GraphQLContext } from "../request/context.js";

export const ExperimentFilter = filterType("ExperimentFilter", "experiments", (t) => ({
  ...nounConditions(t, { one: "experiment", many: "experiments", made: "created", scope: "runs:write" }),
  name: t.field({ type: StringFilter, description: "The experiment's name." }),
  numbers: t.intList({ description: `The experiment's number is one of these, at most ${LIST_MAX}.` }),
  description: t.field({ type: StringFilter, description: "The experiment's description." }),
  updatedAt: t.field({ type: DateTimeFilter, description: "When the experiment last changed." }),
}));

export const [ExperimentOrder, experimentOrder] = orderType("ExperimentOrder", {
  many: "experiments",
  choices: {
    NAME: { description: "The name, compared byte by byte.", columns: byColumn("name", "text") },
    CREATED_AT: { description: "When the experiment was created.", columns: byColumn("createdAt", "date") },
    UPDATED_AT: { description: "When the experiment last changed.", columns: byColumn("updatedAt", "date") },
  },
  initial: { field: "NAME", direction: "ASC" },
});

/** The experiments that match the filter and that the viewer may see. */
export function experimentWhere(
  context: GraphQLContext,
  filter: typeof ExperimentFilter.$inferInput | null | undefined,
): Prisma.ExperimentWhereInput {
  const visible = visibleExperiment(context.viewer, deletedMode(context, filter, "deleted: ONLY of runs"));
  const matched = matching(
    filter,
    (part, field): Prisma.ExperimentWhereInput => ({
      ...nounWhere(part),
      AND: [
        ...nameConditions(`${field}.name`, part.name),
        ...(part.numbers ? [{ number: { in: boundedList(`${field}.numbers`, part.numbers) } }] : []),
        ...textConditions(`${field}.description`, part.description, (text) => ({ description: presentWhere(text) })),
      ],
    }),
  );
  return { AND: [visible, matched] };
}
