import { z } from "zod";
import { fromRank } from "../../domain/tracking/metric.js";
import type { MetricPoint } from "../../store/tracking/metric-points.js";
import { int64, milliseconds } from "../kit/parameters.js";

const NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};
const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;

/** A value as JSON of protobuf writes it: a number, or a text of one, or a truth value, which Python counts as 0 or 1. */
const metricValue = z.preprocess(
  (value) => {
    if (typeof value === "boolean") return Number(value);
    if (typeof value !== "string") return value;
    return NUMBERS[value] ?? (NUMBER.test(value) ? Number(value) : value);
  },
  z.union([z.number(), z.nan(), z.literal(Number.POSITIVE_INFINITY), z.literal(Number.NEGATIVE_INFINITY)]),
);

/** The fields of one value that is logged. Steps and times that a number of JSON cannot hold are refused. */
export const METRIC_FIELDS = {
  value: metricValue,
  timestamp: milliseconds,
  step: int64(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).default(0),
  dataset_name: z.string().optional(),
  dataset_digest: z.string().optional(),
  model_id: z.string().optional(),
};

/** A value as it is answered. Numbers that JSON has not are texts, as in JSON of protobuf. */
export function toMetric(key: string, { rank, timestamp, step }: MetricPoint) {
  const value = fromRank(rank);
  return {
    key,
    value: Number.isFinite(value) ? value : String(value),
    timestamp: timestamp.getTime(),
    step: Number(step),
  };
}
