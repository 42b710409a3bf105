import type { Evidence } from "./evidence.js";
import type { PolicyMode } from "./policy.js";
import type { RuleKind } from "./rule.js";
import type { PromotionTarget } from "./target.js";

/** EVALUATED: not met, and the policy only evaluates. */
export const RULE_STATUSES = ["PASSED", "FAILED", "PENDING", "EVALUATED"] as const;
export type RuleStatus = (typeof RULE_STATUSES)[number];

/** What one rule of one policy says about a promotion. JSON, like all of a decision. */
export type RuleResult = {
  readonly policy: string;
  readonly revision: number;
  readonly mode: PolicyMode;
  /** The place of the rule in its policy, from 1. */
  readonly position: number;
  readonly kind: RuleKind;
  /** What the rule requires, as a sentence. */
  readonly requirement: string;
  readonly status: RuleStatus;
  readonly explanation: string;
  /** What would satisfy it; absent if it is met. */
  readonly satisfy?: string;
  readonly evidence: readonly Evidence[];
};

/** What was decided about a promotion onto a guarded target. It stands in the hashed body of the promotion's event. */
export type Decision = {
  readonly target: PromotionTarget;
  readonly isRollback: boolean;
  /** The policies that guarded the target, with their revisions and modes of then. */
  readonly policies: readonly { readonly name: string; readonly revision: number; readonly mode: PolicyMode }[];
  readonly rules: readonly RuleResult[];
  /** Why the promotion was made although rules of enforced policies were not met; null if it was not needed. */
  readonly override: { readonly reason: string } | null;
  /** The request that the promotion executed; absent if there was none. */
  readonly requestId?: string;
};
