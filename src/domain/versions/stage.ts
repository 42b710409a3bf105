import { holdsScope, type Scope } from "../access/scopes.js";
import type { ModelVersionStatus } from "./version.js";

export const STAGES = ["NONE", "STAGING", "PRODUCTION", "ARCHIVED"] as const;
/** How far a version is promoted. */
export type Stage = (typeof STAGES)[number];

/** The scope that a move out of a stage, or into it, requires. */
export const STAGE_SCOPE = {
  NONE: "models:write",
  STAGING: "stages:staging",
  PRODUCTION: "stages:production",
  ARCHIVED: "stages:archived",
} as const satisfies Record<Stage, Scope>;

/** Stages that only a READY version can enter, and that a version is deleted from only with `force`. */
export const IS_SERVING = {
  NONE: false,
  STAGING: true,
  PRODUCTION: true,
  ARCHIVED: false,
} as const satisfies Record<Stage, boolean>;

/** Whether a version with this status may be in the stage. */
export function mayEnter(stage: Stage, status: ModelVersionStatus): boolean {
  return status === "READY" || !IS_SERVING[stage];
}

/** The scopes that a move requires: those of the stage that it enters and of the stage that it leaves. */
export function scopesOfMove(from: Stage, to: Stage): Scope[] {
  return [...new Set<Scope>([STAGE_SCOPE[to], STAGE_SCOPE[from]])];
}

/** The stages that a viewer with these scopes may move a version to. A move from a stage to itself is not a move. */
export function reachableStages(from: Stage, status: ModelVersionStatus, scopes: ReadonlySet<Scope>): Stage[] {
  return STAGES.filter(
    (to) => to !== from && mayEnter(to, status) && scopesOfMove(from, to).every((scope) => holdsScope(scopes, scope)),
  );
}
