import { fromRank } from "../../domain/tracking/metric.js";
import { requireAtMost } from "../../domain/values/list.js";
import {
  type SeriesAxis as Axis,
  type SeriesPoint as Point,
  type Series as Row,
  readMetricSeries,
} from "../../store/tracking/metric-series.js";
import { requireWithin } from "../kit/bounds.js";
import { builder } from "../kit/builder.js";
import { parseRunReference } from "../kit/ids.js";
import { visibleRow } from "../kit/visible-rows.js";
import { Dataset } from "./dataset.js";
import { Run } from "./run.js";

const RUNS_MAX = 50;
const KEYS_MAX = 50;
const POINTS_MIN = 4;
const POINTS_MAX = 5_000;
const POINTS_DEFAULT = 500;
const POINTS_PER_COST = 10;

const SeriesAxis = builder.enumType("SeriesAxis", {
  description: "The x-axis of a series.",
  values: {
    STEP: { description: "The step of each value." },
    TIMESTAMP: { description: "The time of each value, in milliseconds since 1970." },
    ELAPSED: { description: "The time from the run's start to each value, in milliseconds." },
  } as const,
});

const SeriesRange = builder.inputType("SeriesRange", {
  description: "A range of the x-axis, in the unit of the axis. The bounds are inclusive.",
  fields: (t) => ({
    gte: t.field({ type: "Long", description: "The lower bound. Default: none." }),
    lte: t.field({ type: "Long", description: "The upper bound. Default: none." }),
  }),
});

const SeriesPoint = builder.objectRef<Point>("SeriesPoint").implement({
  description: "One value of a series.",
  fields: (t) => ({
    x: t.field({ type: "Long", description: "The position on the x-axis.", resolve: ([x]) => x }),
    step: t.field({ type: "Long", description: "The step.", resolve: ([, step]) => step }),
    timestamp: t.field({
      type: "DateTime",
      description: "When the value was measured.",
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
  description: "One metric of one run on one dataset (or none), for a plot.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "The metric's key." }),
    run: t.field({
      type: Run,
      nullable: true,
      description: "The run; null only if it was deleted in the meantime.",
      resolve: visibleRow("Run", ({ runId }) => runId),
    }),
    dataset: t.field({
      type: Dataset,
      nullable: true,
      description: "The dataset on which the metric was measured; null if none was named or it is deleted.",
      resolve: visibleRow("Dataset", ({ datasetId }) => datasetId),
    }),
    count: t.exposeInt("count", { description: "The number of values within the range." }),
    sampled: t.boolean({
      description: "Whether `points` is a sample: the first, last, lowest and highest value of each bucket.",
      resolve: ({ count, points }) => points.length < count,
    }),
    points: t.field({
      type: [SeriesPoint],
      description: "The values, ordered along the x-axis. NaN counts neither as lowest nor as highest.",
      resolve: ({ points }) => [...points],
    }),
  }),
});

builder.queryField("metricSeries", (t) =>
  t.field({
    type: [Series],
    description:
      "The metrics of several runs, for a plot, in one statement. Runs that the viewer may not see are left out. A series with more values than `maxPoints` is sampled: the x-axis is split into buckets of equal width, and the first, last, lowest and highest value of each are kept, so that no peak is lost. A range on a time axis reads the whole series, because values are stored by step. Requires `runs:read`.",
    complexity: ({ runs, keys, maxPoints }) => {
      const series = runs.length * keys.length;
      return { field: 10 + (series * (maxPoints ?? POINTS_DEFAULT)) / POINTS_PER_COST, multiplier: series };
    },
    args: {
      runs: t.arg.idList({
        required: true,
        description: `The runs, by their own ids or their global ids. At most ${RUNS_MAX}.`,
      }),
      keys: t.arg.stringList({ required: true, description: `The keys of the metrics, at most ${KEYS_MAX}.` }),
      x: t.arg({ type: SeriesAxis, defaultValue: "STEP", description: "The x-axis." }),
      range: t.arg({ type: SeriesRange, description: "The range of the x-axis. Default: all of it." }),
      maxPoints: t.arg.int({
        defaultValue: POINTS_DEFAULT,
        description: `The maximum number of values of each series, ${POINTS_MIN} to ${POINTS_MAX}.`,
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
        maxPoints: requireWithin("maxPoints", maxPoints ?? POINTS_DEFAULT, [POINTS_MIN, POINTS_MAX]),
      });
    },
  }),
);
