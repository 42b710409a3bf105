import { matchesGlob } from "../values/glob.js";
import type { Principals } from "./principals.js";
import type { Rule } from "./rule.js";
import type { GuardedStage, PromotionTarget } from "./target.js";

export const POLICY_MODES = ["ENFORCE", "EVALUATE", "OFF"] as const;
/** ENFORCE refuses what does not meet the rules, EVALUATE records it only, OFF does nothing. */
export type PolicyMode = (typeof POLICY_MODES)[number];

/** What a policy holds once it is checked. It is JSON: it is stored, and stands in events. */
export type PolicyDefinition = {
  readonly selector: PolicySelector;
  readonly target: PolicyTarget;
  /** All of them must hold. */
  readonly rules: readonly Rule[];
  readonly protection: PolicyProtection;
  /** Whether a change or deletion waits for a second person. Absent: no, as in definitions from before there was a choice. */
  readonly protected?: true;
};

export type PolicySelector = {
  /** Globs of model names, of which one must match. */
  readonly models: readonly string[];
  /** All of them must hold. */
  readonly tags: readonly SelectorTag[];
};

/** The tag of the model has one of the values, or the model lacks the tag, so that forgetting it opens no gate. */
export type SelectorTag = { readonly key: string; readonly values: readonly string[] };

export type PolicyTarget = {
  readonly stages: readonly GuardedStage[];
  /** Globs of aliases. */
  readonly aliases: readonly string[];
};

export type PolicyProtection = {
  /** While a version holds the target, its description and that of its model stay as they are. */
  readonly freezeDescription: boolean;
  /** While a version holds the target, its tags and those of its model stay as they are. */
  readonly freezeTags: boolean;
  /**
   * Who may set and delete tags, on the model and on its versions. Keys are globs. The keys of the selector's tags are
   * reserved to the scope `policies:write`, unless an entry of the same policy names them.
   */
  readonly reservedTags: readonly { readonly keys: readonly string[]; readonly from: Principals }[];
  /** Who may move a version onto the target or off it; absent: whoever has the scopes. */
  readonly movers?: Principals;
};

/** A policy as it is applied. */
export interface Policy {
  readonly name: string;
  /** Rises by one with each change, also over deletions. */
  readonly revision: number;
  readonly mode: PolicyMode;
  readonly definition: PolicyDefinition;
}

/** Whether a change or deletion of the policy waits for a second person. */
export function isProtected({ definition }: Pick<Policy, "definition">): boolean {
  return definition.protected ?? false;
}

/** Whether the policy is about the target, whichever models it selects. */
export function guardsTarget({ definition: { target } }: Policy, promoted: PromotionTarget): boolean {
  return "stage" in promoted
    ? target.stages.some((stage) => stage === promoted.stage)
    : target.aliases.some((glob) => matchesGlob(glob, promoted.alias));
}
