import type { VariablesOf } from "../../graphql/graphql";
import type { RUNS } from "./runs-query";

type Filter = NonNullable<VariablesOf<typeof RUNS>["where"]>;

const METRIC_TERM = /^(.+?)\s*(>=|<=|==|>|<)\s*(-?[\d.]+(?:e[+-]?\d+)?|NaN|-?Infinity)$/i;
const COMPARATORS = { ">=": "gte", "<=": "lte", ">": "gt", "<": "lt", "==": "equals" } as const;
const NAMES = ["NaN", "Infinity", "-Infinity"] as const;

/** `auc>0.9, max_depth=6, nightly`: metrics by comparison, params by `=`, all else a part of the name. */
export function parseTerms(q: string): Filter[] {
  return q
    .split(",")
    .map((term) => term.trim())
    .filter(Boolean)
    .map(parseTerm);
}

function parseTerm(term: string): Filter {
  const [, metric, comparator, text] = METRIC_TERM.exec(term) ?? [];
  if (metric && comparator && text) {
    const value = NAMES.find((name) => name.toLowerCase() === text.toLowerCase()) ?? Number(text);
    if (!Number.isNaN(value))
      return { metrics: [{ key: metric, [COMPARATORS[comparator as keyof typeof COMPARATORS]]: value }] };
  }
  const [, key, value] = /^([^=]+?)\s*=\s*(.*)$/s.exec(term) ?? [];
  return key && value !== undefined ? { params: [{ key, value }] } : { name: { containsIgnoreCase: term } };
}
