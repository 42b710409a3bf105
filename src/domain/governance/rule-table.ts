import type { RuleKind, RuleRow } from "./rule.js";
import { approvals } from "./rules/approvals.js";
import { check } from "./rules/check.js";
import { freeze } from "./rules/freeze.js";
import { metric } from "./rules/metric.js";
import { metricAgainstHolder } from "./rules/metric-against-holder.js";
import { present } from "./rules/present.js";
import { previous } from "./rules/previous.js";
import { reason } from "./rules/reason.js";
import { runStatus } from "./rules/run-status.js";
import { singleHolder } from "./rules/single-holder.js";
import { tag } from "./rules/tag.js";

/** A kind without a row, and a row without a check or an explanation, do not compile. */
export const RULES: { readonly [K in RuleKind]: RuleRow<K> } = {
  previous,
  present,
  runStatus,
  tag,
  metric,
  metricAgainstHolder,
  check,
  singleHolder,
  reason,
  approvals,
  freeze,
};

/** In the order in which they are documented. */
export const RULE_KINDS = Object.keys(RULES) as RuleKind[];

/** The name of a kind where clients read it: `METRIC_AGAINST_HOLDER` of `metricAgainstHolder`. */
export function nameOfKind(kind: RuleKind): string {
  return kind.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
