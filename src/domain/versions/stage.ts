import { holdsScope, type Scope } from "../access/scopes.js";
import type { ModelVersionStatus } from "./version.js";

export const STAGES = ["NONE", "STAGING", "PRODUCTION", "ARCHIVED"] as const;
/** The shelf that a version stands on. */
export type Stage = (typeof STAGES)[number];

/** The scope that a move asks for, for the stage that it leaves and for the stage that it enters. */
export const STAGE_SCOPE = {
  NONE: "models:write",
  STAGING: "stages:staging",
  PRODUCTION: "stages:production",
  ARCHIVED: "stages:archived",
} as const satisfies Record<Stage, Scope>;

/** Shelves that only a READY version enters, and that a version is not deleted from without force. */
export const IS_SERVING = {
  NONE: false,
  STAGING: true,
  PRODUCTION: true,
  ARCHIVED: false,
} as const satisfies Record<Stage, boolean>;

/** Whether a version with this status may stand on the stage. */
export function mayStandOn(stage: Stage, status: ModelVersionStatus): boolean {
  return status === "READY" || !IS_SERVING[stage];
}

/** The scopes that a move asks for: those of both the stage that it leaves and the stage that it enters. */
export function scopesOfMove(from: Stage, to: Stage): Scope[] {
  return [...new Set<Scope>([STAGE_SCOPE[to], STAGE_SCOPE[from]])];
}

/** The stages that a version may move to, in the viewer's hands. A move from a stage to itself is no move. */
export function reachableStages(from: Stage, status: ModelVersionStatus, scopes: ReadonlySet<Scope>): Stage[] {
  return STAGES.filter(
    (to) => to !== from && mayStandOn(to, status) && scopesOfMove(from, to).every((scope) => holdsScope(scopes, scope)),
  );
}
