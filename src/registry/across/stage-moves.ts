import type { Stage } from "../../domain/versions/stage.js";
import type { ModelVersion } from "../../store/generated/client.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import type { Work } from "../command.js";

/** A version to move, with the stage that it was read in. */
export type MovedVersion = Pick<ModelVersion, "id" | "number" | "stage">;

/** Emits the event of a move. Returns its id, which is the id of the StageTransition too. */
export function recordMove(
  work: Work,
  { model, version }: { model: LockedModel; version: MovedVersion },
  to: Stage,
  reason: string | null,
): string {
  const { stage: from } = version;
  return work.emit({
    type: "model_version.stage_changed",
    model,
    version,
    fromStage: from,
    toStage: to,
    before: { stage: from },
    after: { stage: to, reason },
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
    recordMove(work, { model, version }, "ARCHIVED", reason);
  }
}
