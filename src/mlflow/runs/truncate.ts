import { PARAM_VALUE_MAX } from "../../domain/tracking/param.js";
import { TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** A tag of a run as MLflow keeps it: a long value is cut. */
export function truncate({ key, value }: Pair): Pair {
  return { key, value: cut(value, TRACKING_TAG_VALUE_MAX) };
}

export function truncateParam({ key, value }: Pair): Pair {
  return { key, value: cut(value, PARAM_VALUE_MAX) };
}

/** By code points, as both count characters. */
function cut(value: string, max: number): string {
  return value.length <= max ? value : [...value].slice(0, max).join("");
}
