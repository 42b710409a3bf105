import { fromRank } from "../../domain/tracking/metric.js";
import { Actor, AUTHOR } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { living } from "../kit/visible-rows.js";
import { Dataset } from "./dataset.js";

export const Param = builder.prismaObject("RunParam", {
  name: "Param",
  description: "A key and a value that configured a run. Written once, never changed.",
  select: { runId: true, key: true },
  fields: (t) => ({
    key: t.exposeString("key"),
    value: t.exposeString("value"),
    loggedBy: t.field({
      type: Actor,
      nullable: true,
      description: "Who logged the param; null if it was logged before the registry kept this.",
      select: { author: AUTHOR },
      resolve: ({ author }) => author,
    }),
  }),
});

export const Metric = builder.prismaObject("MetricSeries", {
  name: "Metric",
  description:
    "The latest value of one metric of a run on one dataset (or none): the value with the highest step, then the latest time, then the highest value.",
  select: { id: true },
  fields: (t) => ({
    key: t.exposeString("key"),
    value: t.field({
      type: "MetricValue",
      description: "The value.",
      select: { rank: true },
      resolve: ({ rank }) => fromRank(rank),
    }),
    step: t.expose("step", { type: "Long" }),
    timestamp: t.expose("timestamp", { type: "DateTime" }),
    loggedBy: t.field({
      type: Actor,
      nullable: true,
      description: "Who logged this value; null if it was logged before the registry kept this.",
      select: { author: AUTHOR },
      resolve: ({ author }) => author,
    }),
    dataset: t.field({
      type: Dataset,
      nullable: true,
      description: "The dataset on which the metric was measured; null if none was named or it is deleted.",
      select: (_args, _context, nested) => ({ dataset: nested({ select: { id: true, deletedAt: true } }) }),
      resolve: ({ dataset }) => living(dataset),
    }),
  }),
});

export const MetricPoint = builder.prismaObject("MetricPoint", {
  description: "One logged value of a metric.",
  select: { seriesId: true, step: true, timestamp: true, rank: true },
  fields: (t) => ({
    step: t.expose("step", { type: "Long" }),
    timestamp: t.expose("timestamp", { type: "DateTime" }),
    value: t.field({ type: "MetricValue", description: "The value.", resolve: ({ rank }) => fromRank(rank) }),
  }),
});
