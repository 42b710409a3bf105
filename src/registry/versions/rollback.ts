import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, InvalidInputError } from "../../domain/errors.js";
import { describeTarget, isGuardedStage, type PromotionTarget, targetKey } from "../../domain/governance/target.js";
import type { ModelRef } from "../../domain/models/model.js";
import { always, type MeaningOf, optional, threeState } from "../../domain/values/meaning.js";
import { parseReason } from "../../domain/versions/reason.js";
import { STAGE_SCOPE } from "../../domain/versions/stage.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { findPreviousHolder } from "../../store/versions/previous-holder.js";
import { type LockedVersion, lockModel } from "../across/lookup.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { enterGate, type Gate, type OverrideInput, parseOverride } from "../governance/gate.js";
import { withIdempotencyKey } from "../idempotency.js";
import { requireExpectedHolder } from "./expected-holder.js";
import { moveAlias } from "./move-alias.js";
import { moveVersion } from "./move-version.js";
import { requireScopesToMove } from "./transition-model-version.js";

export interface RollbackInput {
  readonly model: ModelRef;
  readonly target: PromotionTarget;
  /** The number of the version that must hold the target now; null = none; absent = no check. */
  readonly expectedHolder?: number | null | undefined;
  readonly reason?: string | null | undefined;
  readonly override?: OverrideInput | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** The ids of what a rollback changed. */
export type RolledBack = {
  readonly versionId: string;
  /** Of a StageTransition or of an AliasTransition. */
  readonly transitionId: string;
  readonly isStage: boolean;
};

interface Plan {
  readonly target: PromotionTarget;
  readonly reason: string | null;
  readonly override: OverrideInput | null;
}

/**
 * Puts the version back that held a stage or an alias before; what holds the stage now moves to ARCHIVED. Rules that ask where
 * a version was are not asked of one that held the target.
 *
 * Errors: FORBIDDEN without the scopes of the move, or by a policy that names others; INVALID_INPUT; NOT_FOUND; CONFLICT if the
 * expected holder does not hold the target, if no version can be put back, or if the idempotency key was used with other input;
 * POLICY_NOT_MET.
 */
export async function rollback(context: CommandContext, input: RollbackInput): Promise<RolledBack> {
  const target = requireRollbackTarget(input.target);
  const scope = "stage" in target ? STAGE_SCOPE[target.stage] : COMMAND_SCOPE.setAlias;
  requireScopes(context.viewer, [scope], `A rollback of ${describeTarget(target)}`);
  const reason = parseReason("input.reason", input.reason);
  const override = parseOverride(context, input.override, "rollback");
  return context.transact(async (work) => {
    const gate = await enterGate(work);
    const model = await lockModel(work, input.model);
    const meaning: MeaningOf<RollbackInput> = {
      model: always(model.id),
      target: always(targetKey(target)),
      expectedHolder: threeState(input.expectedHolder),
      reason: optional(reason),
      override: optional(override?.reason),
    };
    return withIdempotencyKey(work, { mutation: "rollback", input, meaning }, async () => {
      await requireExpectedHolder(work, model, target, input.expectedHolder);
      return putBack(work, gate, await findPrevious(work, model, target), { target, reason, override });
    });
  });
}

function requireRollbackTarget(target: PromotionTarget): PromotionTarget {
  if ("alias" in target || isGuardedStage(target.stage)) return target;
  throw new InvalidInputError("input.target.stage", "Only STAGING, PRODUCTION and aliases can be rolled back.");
}

async function findPrevious(work: Work, model: LockedModel, target: PromotionTarget): Promise<LockedVersion> {
  const id = await findPreviousHolder(work.tx, model.id, target);
  if (id) return { model, version: await work.tx.modelVersion.findUniqueOrThrow({ where: { id } }) };
  throw new ConflictError(
    `No version can be put back to ${describeTarget(target)}: none that is READY and not deleted held it before.`,
  );
}

async function putBack(
  work: Work,
  gate: Gate,
  previous: LockedVersion,
  { target, reason, override }: Plan,
): Promise<RolledBack> {
  const { model, version } = previous;
  if ("stage" in target) {
    requireScopesToMove(work, { from: version.stage, to: target.stage }, "A rollback");
    const move = { to: target.stage, reason, override, archiveExisting: true, isRollback: true };
    const { versionId, transitionId } = await moveVersion(work, gate, previous, move);
    return { versionId, transitionId, isStage: true };
  }
  const moved = await moveAlias(work, gate, model, {
    name: target.alias,
    to: version,
    reason,
    override,
    isRollback: true,
  });
  if (moved.transitionId === null) throw new ConflictError("The alias was moved by someone else at the same time.");
  return { versionId: version.id, transitionId: moved.transitionId, isStage: false };
}
