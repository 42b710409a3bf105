import type { RuleFields } from "../rule.js";

type Comparison = Pick<RuleFields["metricAgainstHolder"], "direction" | "tolerance">;

/**
 * Whether a value is worse than the holder's by more than the tolerance. NaN on either side is worse: nothing is known of
 * it. Equal values are not, infinite ones included.
 */
export function isWorse({ direction, tolerance }: Comparison, value: number, holder: number): boolean {
  const isHigherBetter = direction === "HIGHER_IS_BETTER";
  if (value === holder || (isHigherBetter ? value > holder : value < holder)) return false;
  const allowed = allowedDifference(tolerance, holder);
  return !(isHigherBetter ? value >= holder - allowed : value <= holder + allowed);
}

/** A share of zero is nothing, and one of a negative value points the wrong way: then the version may not be worse at all. */
function allowedDifference(tolerance: Comparison["tolerance"], holder: number): number {
  if ("absolute" in tolerance) return tolerance.absolute;
  return holder > 0 ? holder * tolerance.relative : 0;
}
