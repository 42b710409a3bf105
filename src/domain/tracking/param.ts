import { requireAtMost, requireDistinct } from "../values/list.js";
import { parseText } from "../values/text.js";
import { parseKey } from "./metric.js";

const BATCH_PARAMS_MAX = 100;
export const PARAM_VALUE_MAX = 6_000;

export type ParamInput = { readonly key: string; readonly value: string };

/** Checks the params of one input: at most 100, as in MLflow, each key once. */
export function parseParams(field: string, params: readonly ParamInput[]): ParamInput[] {
  requireAtMost(field, params, BATCH_PARAMS_MAX);
  const parsed = params.map(({ key, value }, i) => ({
    key: parseKey(`${field}[${i}].key`, key),
    value: parseText(`${field}[${i}].value`, value, PARAM_VALUE_MAX),
  }));
  requireDistinct(field, parsed);
  return parsed;
}
