import { parseLabel } from "../values/text.js";

/** The most metrics of one `logBatch`, as in MLflow. */
export const BATCH_METRICS_MAX = 1_000;
const KEY_MAX = 250;

const NAN_RANK = -(2n ** 63n);
const MAGNITUDE = 2n ** 63n - 1n;
const bits = new DataView(new ArrayBuffer(8));

/**
 * Maps a double to a 64-bit integer of the same order: the bits of IEEE 754 §3.4, with those of negative numbers reversed.
 * NaN sorts before everything, and -0 is 0. The function `metric_rank` of the migrations computes the same.
 */
export function toRank(value: number): bigint {
  if (Number.isNaN(value)) return NAN_RANK;
  if (value === 0) return 0n;
  bits.setFloat64(0, value);
  const raw = bits.getBigInt64(0);
  return raw < 0n ? -(raw & MAGNITUDE) : raw;
}

export function fromRank(rank: bigint): number {
  if (rank === NAN_RANK) return Number.NaN;
  bits.setBigInt64(0, rank < 0n ? -(2n ** 63n) | -rank : rank);
  return bits.getFloat64(0);
}

/** The lowest rank of a number. Comparisons exclude NaN, as IEEE 754 §5.11 requires. */
export const LOWEST_NUMBER_RANK = toRank(Number.NEGATIVE_INFINITY);

/** Checks the key of a metric or param: one line of at most 250 characters that can be seen. */
export function parseKey(field: string, key: string): string {
  return parseLabel(field, key, KEY_MAX);
}
