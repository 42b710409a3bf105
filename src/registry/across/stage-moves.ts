import type { Decision } from "../../domain/governance/decision.js";
import type { Stage } from "../../domain/versions/stage.js";
import type { ModelVersion } from "../../store/generated/client.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import type { Work } from "../command.js";

/** A version to move, with the stage that it was read in. */
export type MovedVersion = Pick<ModelVersion, "id" | "number" | "stage">;

export interface StageMove {
  readonly to: Stage;
  readonly reason: string | null;
  /** What the policies of the stage said; null if none guards it. */
  readonly decision: Decision | null;
}

/** Emits the event of a move. Returns its id, which is the id of the StageTransition and of the PromotionDecision too. */
export function recordMove(
  work: Work,
  { model, version }: { model: LockedModel; version: MovedVersion },
  { to, reason, decision }: StageMove,
): string {
  const { stage: from } = version;
  return work.emit({
    type: "model_version.stage_changed",
    model,
    version,
    fromStage: from,
    toStage: to,
    before: { stage: from },
    after: { stage: to, reason, ...(decision ? { decision } : {}) },
  });
}

/**
 * Moves versions to ARCHIVED, one after the other, with an event each. The last one becomes the stage's current version,
 * in the history as in the table.
 */
export async function archiveVersions(
  work: Work,
  model: LockedModel,
  versions: readonly MovedVersion[],
  reason: string | null,
): Promise<void> {
  for (const version of versions) {
    const data = { stage: "ARCHIVED", stageSince: work.at } as const;
    await work.tx.modelVersion.update({ where: { id: version.id }, data, select: { id: true } });
    recordMove(work, { model, version }, { to: "ARCHIVED", reason, decision: null });
  }
}
