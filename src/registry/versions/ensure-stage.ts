import { isGuardedStage } from "../../domain/governance/target.js";
import type { Stage } from "../../domain/versions/stage.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { type LockedVersion, lockVersion } from "../across/lookup.js";
import { archiveVersions } from "../across/stage-moves.js";
import type { CommandContext, Work } from "../command.js";
import { enterGate, OPEN_GATE, requireMover } from "../governance/gate.js";
import { findHolders, moveVersion } from "./move-version.js";
import { requireMove, requireScopesToMove, requireScopeToEnter, requireServing } from "./transition-model-version.js";

interface EnsureStageInput {
  readonly version: ModelVersionRef;
  readonly to: Stage;
  readonly archiveExisting: boolean;
}

/**
 * Moves a version to a stage unless it is there already, and with `archiveExisting` the other versions of the stage to ARCHIVED.
 * A request that arrives twice changes nothing the second time.
 *
 * Errors: those of `transitionModelVersion`, except that a version may be in the stage.
 */
export async function ensureStage(context: CommandContext, input: EnsureStageInput): Promise<{ id: string }> {
  const { to, archiveExisting } = input;
  requireScopeToEnter(context.viewer, to);
  requireServing(to, archiveExisting);
  return context.transact(async (work) => {
    const gate = isGuardedStage(to) ? await enterGate(work) : OPEN_GATE;
    const locked = await lockVersion(work, input.version);
    const { id, stage } = locked.version;
    if (stage === to) {
      if (archiveExisting) await archiveOthers(work, locked);
      return { id };
    }
    requireScopesToMove(work, { from: stage, to });
    requireMove(work, locked, to);
    await moveVersion(work, gate, locked, { to, reason: null, override: null, archiveExisting });
    return { id };
  });
}

async function archiveOthers(work: Work, { model, version }: LockedVersion): Promise<void> {
  const { id, stage, number } = version;
  const others = (await findHolders(work, model.id, stage)).filter((holder) => holder.id !== id);
  if (others.length > 0) await requireMover(work, model, [{ stage }]);
  await archiveVersions(work, model, others, `Replaced by version ${number}.`);
}
