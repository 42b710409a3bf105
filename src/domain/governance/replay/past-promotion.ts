import type { RuleStatus } from "../decision.js";
import type { Evidence } from "../evidence.js";
import type { Facts, PromotionMove } from "../facts.js";
import type { Rule } from "../rule.js";

/** A promotion that was made, with what the registry still knows of the moment before it. */
export interface PastPromotion {
  readonly move: Pick<PromotionMove, "target" | "reason" | "replacesHolders">;
  /** Null if no decision recorded it, and the version held the target before. */
  readonly isRollback: boolean | null;
  /** As of then. Tags and the description are those of now: `unchanged` says whether they are those of then, too. */
  readonly facts: Facts;
  /** What has not changed since, as far as the log shows. */
  readonly unchanged: {
    /** Digest, signature, run. */
    readonly contents: boolean;
    readonly description: boolean;
    readonly versionTags: boolean;
    readonly modelTags: boolean;
  };
  /** LOST: the mover had a request, and whether it was open and approved then was not recorded. */
  readonly request: "NONE" | "EXECUTED" | "LOST";
  /** What the rules of policies of then said, with these rules. */
  readonly recorded: readonly RecordedRule[];
}

/** What a decision recorded about a rule. */
export interface RecordedRule {
  readonly rule: Rule;
  readonly status: RuleStatus;
  readonly explanation: string;
  readonly satisfy?: string;
  readonly evidence: readonly Evidence[];
}
