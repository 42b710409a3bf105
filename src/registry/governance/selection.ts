import { ConflictError } from "../../domain/errors.js";
import { findSharedStages, type SharedStage, settleExclusiveStages } from "../../store/governance/policies.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import type { Work } from "../command.js";
import { mayRead } from "../current-state.js";

const LISTED_MAX = 20;

/**
 * Lets the database keep single holders by the policies that select the model now. Called after its name or its tags changed.
 * Throws CONFLICT if a stage that may now have one holder has several.
 */
export async function settleSelection(work: Work, { id, mayBeGuarded }: LockedModel): Promise<void> {
  if (!mayBeGuarded) return;
  await settleExclusiveStages(work.tx, id);
  await requireSingleHolders(work, id);
}

/** The same for all models, after a change of policies. */
export async function settleAllSelections(work: Work): Promise<void> {
  await settleExclusiveStages(work.tx, null);
  await requireSingleHolders(work, null);
}

async function requireSingleHolders(work: Work, modelId: string | null): Promise<void> {
  const shared = await findSharedStages(work.tx, modelId, LISTED_MAX + 1);
  if (shared.length === 0) return;
  const plain = "A policy allows the stage one holder, and now it has several.";
  if (!mayRead(work.viewer, "ModelVersion")) throw new ConflictError(plain);
  const listed = shared.slice(0, LISTED_MAX);
  const more = shared.length > LISTED_MAX ? "; and more" : "";
  throw new ConflictError(
    `A policy allows a stage one holder, and there are several: ${listed.map(describe).join("; ")}${more}. Move all but one off it first.`,
    { stages: listed },
  );
}

function describe({ modelName, stage, numbers }: SharedStage): string {
  return `"${modelName}" has the versions ${numbers.join(", ")} in ${stage}`;
}
