import { visibleLoggedModel, visibleLoggedModelOfExperiment, visibleRun } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { boundedList, keyWhere, nameConditions, nounWhere, presentWhere } from "../kit/conditions.js";
import { DateTimeFilter, StringFilter } from "../kit/filter-inputs.js";
import { deletedMode, filterType, matching, nounConditions } from "../kit/filters.js";
import { parseRunReference } from "../kit/ids.js";
import { orderType } from "../kit/order-input.js";
import { byColumn } from "../kit/paging.js";
import type { GraphQLContext } from "../request/context.js";
import { MetricFilter, metricSeriesWhere, ParamFilter } from "../tracking/run-filter.js";
import { LoggedModelStatus } from "./logged-model-status.js";

export const LoggedModelFilter = filterType("LoggedModelFilter", "logged models", (t) => ({
  ...nounConditions(t, { one: "logged model", many: "logged models", made: "created", scope: "runs:write" }),
  experiment: t.field({ type: StringFilter, description: "The name of the logged model's experiment." }),
  name: t.field({ type: StringFilter, description: "The logged model's name." }),
  modelType: t.string({ description: "The type of the model, exactly." }),
  status: t.field({ type: [LoggedModelStatus], description: "The logged model has one of these statuses." }),
  sourceRun: t.id({ description: "This run made the logged model." }),
  params: t.field({ type: [ParamFilter], description: "The logged model has all of these params." }),
  metrics: t.field({
    type: [MetricFilter],
    description: "The latest metrics that visible runs measured for the logged model match all of these.",
  }),
  updatedAt: t.field({ type: DateTimeFilter, description: "When the logged model last changed." }),
}));

type Conditions = typeof LoggedModelFilter.$inferInput;
export type GivenLoggedModelFilter = Conditions | null | undefined;

export const [LoggedModelOrder, loggedModelOrder] = orderType("LoggedModelOrder", {
  many: "logged models",
  choices: {
    CREATED_AT: { description: "When the logged model was created.", columns: byColumn("createdAt", "date", "text") },
    UPDATED_AT: { description: "When the logged model last changed.", columns: byColumn("updatedAt", "date", "text") },
    NAME: { description: "The name, compared byte by byte.", columns: byColumn("name", "text", "text") },
  },
  initial: { field: "CREATED_AT", direction: "DESC" },
});

/** The logged models that the viewer may see and that match the filter. */
export function loggedModelWhere(
  context: GraphQLContext,
  filter: GivenLoggedModelFilter,
): Prisma.LoggedModelWhereInput {
  const deleted = deletedMode(context, filter, "deleted: ONLY of runs");
  return { AND: [visibleLoggedModel(context.viewer, deleted), matchingLoggedModel(context, filter)] };
}

/** The same below an experiment that the viewer may see. */
export function loggedModelOfWhere(
  context: GraphQLContext,
  filter: GivenLoggedModelFilter,
): Prisma.LoggedModelWhereInput {
  const deleted = deletedMode(context, filter, "deleted: ONLY of runs");
  return { AND: [visibleLoggedModelOfExperiment(context.viewer, deleted), matchingLoggedModel(context, filter)] };
}

function matchingLoggedModel(context: GraphQLContext, filter: GivenLoggedModelFilter): Prisma.LoggedModelWhereInput {
  return matching(filter, (part, field) => conditions(context, part, field));
}

function conditions({ viewer }: GraphQLContext, part: Conditions, field: string): Prisma.LoggedModelWhereInput {
  const { experiment, name, modelType, status, sourceRun, params, metrics } = part;
  return {
    ...nounWhere(part),
    ...(typeof modelType === "string" ? { modelType: presentWhere({ equals: modelType }) } : {}),
    ...(status ? { status: { in: boundedList(`${field}.status`, status) } } : {}),
    // a run that the viewer may not see made nothing, as `LoggedModel.sourceRun` is null
    ...(typeof sourceRun === "string"
      ? { sourceRun: { is: { AND: [{ id: parseRunReference(`${field}.sourceRun`, sourceRun) }, visibleRun(viewer)] } } }
      : {}),
    AND: [
      ...nameConditions(`${field}.name`, name),
      ...nameConditions(`${field}.experiment`, experiment).map((where) => ({ experiment: where })),
      ...(params ?? []).map((param) => ({ params: keyWhere(param) })),
      ...(metrics ?? []).map((metric, i) => ({
        series: { some: { ...metricSeriesWhere(`${field}.metrics[${i}]`, metric), run: visibleRun(viewer) } },
      })),
    ],
  };
}
