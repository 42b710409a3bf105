import type { Viewer } from "../../domain/access/actor.js";
import { InvalidInputError } from "../../domain/errors.js";
import { isGuardedStage } from "../../domain/governance/target.js";
import { omitUndefined } from "../../domain/values/fields.js";
import type { JsonObject } from "../../domain/values/json.js";
import { always, type MeaningOf, optional, threeState } from "../../domain/values/meaning.js";
import { parseReason } from "../../domain/versions/reason.js";
import { IS_SERVING, mayEnter, STAGE_SCOPE, type Stage, scopesOfMove } from "../../domain/versions/stage.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { type LockedVersion, lockVersion } from "../across/lookup.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { conflictWith, requireScopesOfState } from "../current-state.js";
import { enterGate, OPEN_GATE, type OverrideInput, parseOverride } from "../governance/gate.js";
import { withIdempotencyKey } from "../idempotency.js";
import { requireExpectedHolder } from "./expected-holder.js";
import { moveVersion, type Transitioned } from "./move-version.js";

export interface TransitionModelVersionInput {
  readonly version: ModelVersionRef;
  readonly to: Stage;
  /** The stage that the version must be in now; absent = no check. */
  readonly expectedStage?: Stage | null | undefined;
  /** The number of the version that must be the current one of the target stage; null = none; absent = no check. */
  readonly expectedHolder?: number | null | undefined;
  readonly archiveExisting?: boolean | null | undefined;
  readonly reason?: string | null | undefined;
  readonly override?: OverrideInput | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/**
 * Moves a version to another stage. With `archiveExisting` the versions that are in the stage move to ARCHIVED in the same
 * transaction.
 *
 * Errors: FORBIDDEN without the scopes of both stages, or by a policy that names others; INVALID_INPUT; NOT_FOUND; CONFLICT if
 * an expectation does not hold, if the version is already in the stage, if its status does not allow the stage, or if the
 * idempotency key was used with other input; POLICY_NOT_MET.
 */
export async function transitionModelVersion(
  context: CommandContext,
  input: TransitionModelVersionInput,
): Promise<Transitioned> {
  const { to } = input;
  const archiveExisting = input.archiveExisting ?? false;
  requireScopeToEnter(context.viewer, to);
  const reason = parseReason("input.reason", input.reason);
  const override = parseOverride(context, input.override, "transitionModelVersion");
  requireServing(to, archiveExisting);
  return context.transact(async (work) => {
    const gate = isGuardedStage(to) ? await enterGate(work) : OPEN_GATE;
    const locked = await lockVersion(work, input.version);
    const { id, stage: from } = locked.version;
    const { override: _override, ...withoutOverride } = input;
    const call = {
      mutation: "transitionModelVersion",
      input,
      meaning: meaningOfMove(input, id, reason),
      version1: omitUndefined<JsonObject>({ ...withoutOverride, version: id, idempotencyKey: null }),
    };
    return withIdempotencyKey(work, call, async () => {
      requireScopesToMove(work, { from, to });
      await requireExpected(work, locked, input);
      requireMove(work, locked, to);
      return moveVersion(work, gate, locked, { to, reason, override, archiveExisting });
    });
  });
}

/** Throws INVALID_INPUT for `archiveExisting` of a stage that several versions are in by nature. */
export function requireServing(to: Stage, archiveExisting: boolean): void {
  if (!archiveExisting || IS_SERVING[to]) return;
  throw new InvalidInputError(
    "input.archiveExisting",
    "archiveExisting is allowed only for a move to STAGING or PRODUCTION.",
  );
}

/** The scope of the stage that is entered, which is required before the version is looked up. */
export function requireScopeToEnter(viewer: Viewer, to: Stage): void {
  requireScopes(viewer, [STAGE_SCOPE[to]], `A move to ${to}`);
}

/** Requires the scopes of both stages. `what` is what is done, as messages begin. */
export function requireScopesToMove(
  { viewer }: Work,
  { from, to }: { readonly from: Stage; readonly to: Stage },
  what = "A move",
): void {
  requireScopesOfState(viewer, "ModelVersion", {
    scopes: scopesOfMove(from, to),
    action: `${what} from ${from} to ${to}`,
    plain: `${what} to ${to} also requires the scope of the stage that the version is in now, which this token does not have. A token with models:read gets its name.`,
  });
}

function meaningOfMove(
  { to, expectedStage, expectedHolder, archiveExisting, override }: TransitionModelVersionInput,
  versionId: string,
  reason: string | null,
): MeaningOf<TransitionModelVersionInput> {
  return {
    version: always(versionId),
    to: always(to),
    expectedStage: optional(expectedStage),
    expectedHolder: threeState(expectedHolder),
    archiveExisting: always(archiveExisting ?? false),
    reason: optional(reason),
    override: optional(override?.reason),
  };
}

async function requireExpected(
  work: Work,
  { model, version }: LockedVersion,
  { to, expectedStage, expectedHolder }: TransitionModelVersionInput,
): Promise<void> {
  const { number, stage } = version;
  if (expectedStage && expectedStage !== stage) {
    throw conflictWith(work.viewer, "ModelVersion", {
      message: `Version ${number} is in ${stage}, not in ${expectedStage}.`,
      plain: `The version is not in ${expectedStage}.`,
      details: { field: "input.expectedStage" },
      values: { stage },
    });
  }
  await requireExpectedHolder(work, model, { stage: to }, expectedHolder);
}

export function requireMove(work: Work, locked: LockedVersion, to: Stage): void {
  const { number, stage, status } = locked.version;
  const { viewer } = work;
  const values = { stage, status };
  requireOtherStage(work, locked, to);
  if (!mayEnter(to, status)) {
    const message = `Version ${number} is ${status}; only READY versions enter ${to}.`;
    throw conflictWith(viewer, "ModelVersion", { message, plain: `Only READY versions enter ${to}.`, values });
  }
}

/** Throws CONFLICT if the version is in the stage already. */
export function requireOtherStage(
  { viewer }: Work,
  { version: { number, stage, status } }: LockedVersion,
  to: Stage,
): void {
  if (stage !== to) return;
  const message = `Version ${number} is already in ${to}.`;
  throw conflictWith(viewer, "ModelVersion", {
    message,
    plain: `The version is already in ${to}.`,
    values: { stage, status },
  });
}
