import type { Viewer } from "../../domain/access/actor.js";
import { InvalidInputError } from "../../domain/errors.js";
import { LOWEST_NUMBER_RANK, toRank } from "../../domain/tracking/metric.js";
import { visibleDataset, visibleRun, visibleRunOfExperiment } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import {
  boundedList,
  keyWhere,
  nameConditions,
  nounWhere,
  presentWhere,
  rangeWhere,
  textConditions,
} from "../kit/conditions.js";
import { DateTimeFilter, StringFilter } from "../kit/filter-inputs.js";
import { deletedMode, filterType, matching, nounConditions } from "../kit/filters.js";
import { parseRunReference } from "../kit/ids.js";
import type { GraphQLContext } from "../request/context.js";
import { RunStatus } from "./run-status.js";
import { DatasetRef, type GivenDataset, toDatasetRef } from "./tracking-refs.js";

export const ParamFilter = builder.inputType("ParamFilter", {
  description: "A filter on one param, which the run must have.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The param's key." }),
    value: t.string({ description: "The param's exact value. Default: any value." }),
  }),
});

export const MetricFilter = builder.inputType("MetricFilter", {
  description:
    "A filter on the latest value of a metric without a dataset. All bounds that are set must match; without bounds any value matches. NaN is in no range, as in IEEE 754.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The metric's key." }),
    equals: t.field({ type: "MetricValue", description: 'The value is exactly this. "NaN" matches NaN.' }),
    gte: t.field({ type: "MetricValue", description: "This value or higher." }),
    gt: t.field({ type: "MetricValue", description: "Higher than this value." }),
    lte: t.field({ type: "MetricValue", description: "This value or lower." }),
    lt: t.field({ type: "MetricValue", description: "Lower than this value." }),
  }),
});

const JOINS =
  "A filter may have at most 30 conditions on tags, aliases, params, metrics and other objects; each of these counts.";

export const RunFilter = filterType("RunFilter", "runs", (t) => ({
  ...nounConditions(t, { one: "run", many: "runs", made: "created", scope: "runs:write" }),
  experiment: t.field({ type: StringFilter, description: "The name of the run's experiment." }),
  name: t.field({ type: StringFilter, description: "The run's name." }),
  status: t.field({ type: [RunStatus], description: "The run has one of these statuses." }),
  user: t.string({ description: "The user of the run, exactly." }),
  gitCommit: t.string({ description: "The commit of the run, exactly." }),
  parent: t.id({ description: "The run is a child of this run." }),
  params: t.field({ type: [ParamFilter], description: `The run has all of these params. ${JOINS}` }),
  metrics: t.field({ type: [MetricFilter], description: `The latest metrics of the run match all of these. ${JOINS}` }),
  input: t.field({ type: DatasetRef, description: "The run read this dataset." }),
  startedAt: t.field({ type: DateTimeFilter, description: "When the run started." }),
}));

type RunConditions = typeof RunFilter.$inferInput;
export type GivenRunFilter = RunConditions | null | undefined;

/** The runs that the viewer may see and that match the filter. */
export function runWhere(context: GraphQLContext, filter: GivenRunFilter): Prisma.RunWhereInput {
  const deleted = deletedMode(context, filter, "deleted: ONLY of runs");
  return { AND: [visibleRun(context.viewer, deleted), matchingRun(context, filter)] };
}

/** The same below an experiment that the viewer may see. */
export function runOfWhere(context: GraphQLContext, filter: GivenRunFilter): Prisma.RunWhereInput {
  const deleted = deletedMode(context, filter, "deleted: ONLY of runs");
  return { AND: [visibleRunOfExperiment(context.viewer, deleted), matchingRun(context, filter)] };
}

function matchingRun({ viewer }: GraphQLContext, filter: GivenRunFilter): Prisma.RunWhereInput {
  return matching(
    filter,
    (part, field): Prisma.RunWhereInput => ({
      ...conditions(part, field),
      ...(part.input ? inputWhere(`${field}.input`, part.input, viewer) : {}),
      ...(typeof part.parent === "string" ? parentWhere(`${field}.parent`, part.parent, viewer) : {}),
    }),
  );
}

/** A parent that the viewer may not see matches no run, as `Run.parent` is null. */
function parentWhere(field: string, parent: string, viewer: Viewer): Prisma.RunWhereInput {
  return { parent: { is: { AND: [{ id: parseRunReference(field, parent) }, visibleRun(viewer)] } } };
}

/** A dataset that the viewer may not see matches no run, as it is missing in `Run.inputs`. */
function inputWhere(field: string, input: GivenDataset, viewer: Viewer): Prisma.RunWhereInput {
  return { upstream: { some: { fromDataset: { AND: [toDatasetRef(field, input), visibleDataset(viewer)] } } } };
}

function conditions(filter: RunConditions, field: string): Prisma.RunWhereInput {
  const { experiment, name, status, user, gitCommit, params, metrics, startedAt } = filter;
  const each: Prisma.RunWhereInput[] = [
    ...nameConditions(`${field}.experiment`, experiment).map((experiment) => ({ experiment })),
    ...textConditions(`${field}.name`, name, (text) => ({ name: presentWhere(text) })),
    ...(params ?? []).map((param) => ({ params: keyWhere(param) })),
    ...(metrics ?? []).map((metric, i) => metricWhere(`${field}.metrics[${i}]`, metric)),
  ];
  return {
    ...nounWhere(filter),
    ...(status ? { status: { in: boundedList(`${field}.status`, status) } } : {}),
    ...(typeof user === "string" ? { user: presentWhere({ equals: user }) } : {}),
    ...(typeof gitCommit === "string" ? { gitCommit: presentWhere({ equals: gitCommit.toLowerCase() }) } : {}),
    ...(startedAt ? { startedAt: rangeWhere(startedAt) } : {}),
    ...(each.length > 0 ? { AND: each } : {}),
  };
}

function metricWhere(field: string, metric: typeof MetricFilter.$inferInput): Prisma.RunWhereInput {
  return { series: { some: { ...metricSeriesWhere(field, metric), loggedModelId: null } } };
}

/** The latest values of a metric without a dataset that are within the bounds. */
export function metricSeriesWhere(
  field: string,
  { key, equals, ...bounds }: typeof MetricFilter.$inferInput,
): Prisma.MetricSeriesWhereInput {
  const given = Object.entries(bounds).filter((bound): bound is [string, number] => typeof bound[1] === "number");
  const notANumber = given.find(([, value]) => Number.isNaN(value));
  if (notANumber)
    throw new InvalidInputError(
      `${field}.${notANumber[0]}`,
      "NaN is no bound, because no value is higher or lower. Use equals to find NaN.",
    );
  const ranks = given.map(([bound, value]) => ({ rank: { [bound]: toRank(value) } }));
  const all = [
    ...ranks,
    ...(given.length > 0 ? [{ rank: { gte: LOWEST_NUMBER_RANK } }] : []),
    ...(typeof equals === "number" ? [{ rank: toRank(equals) }] : []),
  ];
  return { key, datasetId: null, AND: all };
}
