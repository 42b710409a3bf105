import { InvalidInputError } from "../errors.js";
import { parseLine } from "../values/text.js";

/** What one `logBatch` holds at most, as MLflow's does. */
export const BATCH_METRICS_MAX = 1_000;
export const BATCH_PARAMS_MAX = 100;
export const KEY_MAX = 250;
export const PARAM_VALUE_MAX = 6_000;

const NAN_RANK = -(2n ** 63n);
const MAGNITUDE = 2n ** 63n - 1n;
const bits = new DataView(new ArrayBuffer(8));

/**
 * A double as a whole number of 64 bits in the same order, as `metric_rank` in the migrations writes it: the bits of
 * IEEE 754 §3.4, those of negative numbers turned around. NaN comes before everything; -0 is 0.
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

/** The lowest rank that is a number: comparisons leave NaN out, as IEEE 754 §5.11 has it. */
export const LOWEST_NUMBER_RANK = toRank(Number.NEGATIVE_INFINITY);

export function parseKey(field: string, key: string): string {
  return parseLine(field, key, KEY_MAX);
}

/** A time that a client measured: whole milliseconds since 1970. */
export function parseClientTime(field: string, time: Date): Date {
  if (time.getTime() < 0) throw new InvalidInputError(field, `${field} must not be before 1970.`);
  return time;
}
