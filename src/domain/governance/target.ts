import type { Stage } from "../versions/stage.js";

/** The stages that a policy can guard. Every version begins in NONE, and ARCHIVED takes a version out of use. */
export const GUARDED_STAGES = ["STAGING", "PRODUCTION"] as const satisfies readonly Stage[];
export type GuardedStage = (typeof GUARDED_STAGES)[number];

/** What a version is promoted to: a stage or an alias. */
export type PromotionTarget = { readonly stage: Stage } | { readonly alias: string };

/** A target as messages name it: `PRODUCTION` or `the alias "canary"`. */
export function describeTarget(target: PromotionTarget): string {
  return "stage" in target ? target.stage : `the alias "${target.alias}"`;
}

/** The columns of a row that has one of both: a constraint holds it. */
interface TargetColumns {
  readonly stage: Stage | null;
  readonly alias: string | null;
}

export function targetOf({ stage, alias }: TargetColumns): PromotionTarget {
  return stage === null ? { alias: alias ?? "" } : { stage };
}

export function targetColumns(target: PromotionTarget): TargetColumns {
  return "stage" in target ? { stage: target.stage, alias: null } : { stage: null, alias: target.alias };
}

/** The same text for the same target. */
export function targetKey(target: PromotionTarget): string {
  return "stage" in target ? `stage ${target.stage}` : `alias ${target.alias}`;
}

export function isGuardedStage(stage: Stage): stage is GuardedStage {
  return GUARDED_STAGES.some((guarded) => guarded === stage);
}
