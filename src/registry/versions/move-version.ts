import { ConflictError } from "../../domain/errors.js";
import type { Stage } from "../../domain/versions/stage.js";
import type { LockedVersion } from "../across/lookup.js";
import { archiveVersions, type MovedVersion, recordMove } from "../across/stage-moves.js";
import type { Work } from "../command.js";
import { type Gate, type OverrideInput, passGate, recordOutcome, requireMover } from "../governance/gate.js";

/** The ids of what a move changed. */
export type Transitioned = {
  readonly versionId: string;
  readonly transitionId: string;
  readonly archivedIds: readonly string[];
};

interface VersionMove {
  readonly to: Stage;
  readonly reason: string | null;
  readonly override: OverrideInput | null;
  /** Whether the other versions in the stage move to ARCHIVED. */
  readonly archiveExisting: boolean;
  readonly isRollback?: boolean;
}

/** Moves a version to another stage, if the policies that guard the stages allow. The caller has checked the scopes. */
export async function moveVersion(
  work: Work,
  gate: Gate,
  { model, version }: LockedVersion,
  { to, reason, override, archiveExisting, isRollback = false }: VersionMove,
): Promise<Transitioned> {
  const leaves = { stage: version.stage };
  const asked = { version, target: { stage: to }, leaves, reason, override, isRollback };
  // with policies the gate reads them anyway, and asks who may move versions off the stage
  if (!gate.hasPolicies) await requireMover(work, model, [leaves]);
  const decision = await passGate(work, gate, model, { ...asked, replacesHolders: archiveExisting });
  const existing = archiveExisting ? await findHolders(work, model.id, to) : [];
  const { count } = await work.tx.modelVersion.updateMany({
    where: { id: version.id, stage: version.stage },
    data: { stage: to, stageSince: work.at },
  });
  if (count !== 1) throw new ConflictError("The version was moved by someone else at the same time.");
  const transitionId = recordMove(work, { model, version }, { to, reason, decision });
  await recordOutcome(work, { model, version }, decision, transitionId);
  await archiveVersions(work, model, existing, reason ?? `Replaced by version ${version.number}.`);
  return { versionId: version.id, transitionId, archivedIds: existing.map(({ id }) => id) };
}

export function findHolders(work: Work, modelId: string, stage: Stage): Promise<MovedVersion[]> {
  return work.tx.modelVersion.findMany({
    where: { modelId, stage, deletedAt: null },
    select: { id: true, number: true, stage: true },
    orderBy: { number: "asc" },
  });
}
