import { InvalidInputError } from "../../domain/errors.js";
import { fromRank } from "../../domain/tracking/metric.js";
import { requireAtMost } from "../../domain/values/list.js";
import {
  type SeriesAxis as Axis,
  type SeriesPoint as Point,
  type Series as Row,
  readMetricSeries,
} from "../../store/tracking/metric-series.js";
import { builder } from "../kit/builder.js";
import { parseRunReference } from "../kit/ids.js";
import { visibleRow } from "../kit/visible-rows.js";
import { Dataset } from "./dataset.js";
import { Run } from "./run.js";

const RUNS_MAX = 50;
const KEYS_MAX = 50;
const POINTS_MAX = 5_000;
const POINTS_DEFAULT = 500;
const POINTS_PER_COST = 10;

const SeriesAxis = builder.enumType("SeriesAxis", {
  description: "What the points of a series are laid out along.",
  values: {
    STEP: { description: "The step." },
    TIMESTAMP: { description: "The time, in milliseconds since 1970." },
    ELAPSED: { description: "The time since the run's start, in milliseconds." },
  } as const,
});

const SeriesRange = builder.inputType("SeriesRange", {
  description: "A part of the axis, in its own unit: the bounds that are given hold.",
  fields: (t) => ({
    gte: t.field({ type: "Long", description: "From here." }),
    lte: t.field({ type: "Long", description: "To here." }),
  }),
});

const SeriesPoint = builder.objectRef<Point>("SeriesPoint").implement({
  description: "One value of a metric in a plot.",
  fields: (t) => ({
    x: t.field({ type: "Long", description: "Its place on the axis that was asked for.", resolve: ([x]) => x }),
    step: t.field({ type: "Long", description: "Its step.", resolve: ([, step]) => step }),
    timestamp: t.field({
      type: "DateTime",
      description: "When it was measured.",
      resolve: ([, , timestamp]) => new Date(timestamp),
    }),
    value: t.field({
      type: "MetricValue",
      description: "The value.",
      resolve: ([, , , rank]) => fromRank(BigInt(rank)),
    }),
  }),
});

const Series = builder.objectRef<Row>("Series").implement({
  description: "One metric of one run on one dataset, or on none, for a plot.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "The metric's key." }),
    run: t.field({
      type: Run,
      nullable: true,
      description: "The run; null only if it was deleted meanwhile.",
      resolve: visibleRow("Run", ({ runId }) => runId),
    }),
    dataset: t.field({
      type: Dataset,
      nullable: true,
      description: "The dataset on which it was measured; null if none was named or it was deleted.",
      resolve: visibleRow("Dataset", ({ datasetId }) => datasetId),
    }),
    count: t.exposeInt("count", { description: "How many values there are within the range." }),
    sampled: t.boolean({
      description:
        "Whether `points` leaves values out: then it holds the first, last, least and greatest of each stretch.",
      resolve: ({ count, points }) => points.length < count,
    }),
    points: t.field({
      type: [SeriesPoint],
      description: "The values, along the axis. NaN is neither least nor greatest.",
      resolve: ({ points }) => [...points],
    }),
  }),
});

builder.queryField("metricSeries", (t) =>
  t.field({
    type: [Series],
    description:
      "Metrics of several runs for a plot, in one statement; runs that the viewer may not see are left out. Where there are more values than `maxPoints`, the axis is cut into stretches of equal width, and of each its first, last, least and greatest value are kept, so that no peak is lost. A range in time is cut out of the whole series, which is laid out by step. Asks for `runs:read`.",
    complexity: ({ runs, keys, maxPoints }) => {
      const series = runs.length * keys.length;
      return { field: 10 + (series * (maxPoints ?? POINTS_DEFAULT)) / POINTS_PER_COST, multiplier: series };
    },
    args: {
      runs: t.arg.idList({ required: true, description: `Which runs, at most ${RUNS_MAX}.` }),
      keys: t.arg.stringList({ required: true, description: `Which metrics, at most ${KEYS_MAX}.` }),
      x: t.arg({ type: SeriesAxis, defaultValue: "STEP", description: "The axis." }),
      range: t.arg({ type: SeriesRange, description: "The part of the axis. Absent: all of it." }),
      maxPoints: t.arg.int({
        defaultValue: POINTS_DEFAULT,
        description: `The most values for each series, 4 to ${POINTS_MAX}.`,
      }),
    },
    resolve: (_root, { runs, keys, x, range, maxPoints }, { db, viewer }) => {
      requireAtMost("runs", runs, RUNS_MAX);
      requireAtMost("keys", keys, KEYS_MAX);
      return readMetricSeries(db, viewer, {
        runIds: runs.map((id, i) => parseRunReference(`runs[${i}]`, id)),
        keys,
        axis: (x ?? "STEP") satisfies Axis,
        from: range?.gte ?? null,
        to: range?.lte ?? null,
        maxPoints: requirePoints(maxPoints ?? POINTS_DEFAULT),
      });
    },
  }),
);

function requirePoints(maxPoints: number): number {
  if (maxPoints >= 4 && maxPoints <= POINTS_MAX) return maxPoints;
  throw new InvalidInputError("maxPoints", `maxPoints is ${maxPoints}; it must be 4 to ${POINTS_MAX}.`);
}
