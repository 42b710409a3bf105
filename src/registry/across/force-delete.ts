import { holdsScope, type Scope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { IS_SERVING, STAGE_SCOPE, STAGES, type Stage } from "../../domain/versions/stage.js";
import { findIdleDeployments } from "../../store/deployments/live-deployment.js";
import type { Alias, ModelVersion } from "../../store/generated/client.js";
import type { Downstream, Origin } from "../../store/lineage/lineage-dependents.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { requireScopes, type Work } from "../command.js";
import { describeDependent, findWhatStandsOn, inUse, LISTED_MAX, type Obstacle } from "./dependents.js";

export type VersionRow = Pick<ModelVersion, "id" | "number" | "stage">;
export type AliasRow = Pick<Alias, "name"> & { readonly modelVersion: Pick<ModelVersion, "id" | "number"> };

const SERVING_STAGES = STAGES.filter((stage) => IS_SERVING[stage]);

/** What stands in the way of a delete: versions on serving stages, aliases, and what came of it and would outlive it. */
export interface Dependents {
  readonly serving: readonly VersionRow[];
  readonly aliases: readonly AliasRow[];
  readonly downstream: Downstream;
}

/** The dependents of a model, or of one version of it. */
export async function findDependents(work: Work, model: LockedModel, versionId?: string): Promise<Dependents> {
  const serving = await work.tx.modelVersion.findMany({
    where: {
      modelId: model.id,
      deletedAt: null,
      stage: { in: SERVING_STAGES },
      ...(versionId ? { id: versionId } : {}),
    },
    select: { id: true, number: true, stage: true },
    orderBy: { number: "asc" },
  });
  const aliases = await work.tx.alias.findMany({
    where: { modelId: model.id, ...(versionId ? { versionId } : {}) },
    select: { name: true, modelVersion: { select: { id: true, number: true } } },
    orderBy: { name: "asc" },
  });
  const origin: Origin = versionId ? { kind: "MODEL_VERSION", id: versionId } : { modelId: model.id };
  const downstream = await findWhatStandsOn(work, origin);
  if (versionId) return { serving, aliases, downstream };
  const idle = await findIdleDeployments(work.tx, work.viewer, model, LISTED_MAX + 1);
  const seen = [...downstream.seen, ...idle.seen];
  return { serving, aliases, downstream: { exists: downstream.exists || idle.exists, seen } };
}

/**
 * Refuses a delete that would take something down, or, by force, takes it down first: each serving version moves to
 * ARCHIVED and each alias is removed, with the rights and the events that those actions have on their own. What came of
 * it is left as it is.
 */
export async function clearDependents(
  work: Work,
  model: LockedModel,
  dependents: Dependents,
  how: { force: boolean; action: string; reason: string },
): Promise<void> {
  const { serving, aliases, downstream } = dependents;
  if (serving.length + aliases.length === 0 && !downstream.exists) return;
  if (!how.force) {
    const mayRead = holdsScope(work.viewer.scopes, TYPE_SCOPE.Model);
    throw inUse([...(mayRead ? listDependents(dependents) : []), ...downstream.seen.map(describeDependent)]);
  }
  requireScopes(work.viewer, scopesToClear(dependents), `${how.action} with force`);
  await archiveVersions(work, model, serving, how.reason);
  await removeAliases(work, model, aliases);
}

/** Moves versions to ARCHIVED and tells of each, in turn: who came last stands there in the history as on the shelf. */
export async function archiveVersions(
  work: Work,
  model: LockedModel,
  versions: readonly VersionRow[],
  reason: string | null,
): Promise<void> {
  for (const version of versions) {
    const data = { stage: "ARCHIVED", stageSince: work.at } as const;
    await work.tx.modelVersion.update({ where: { id: version.id }, data, select: { id: true } });
    tellMove(work, { model, version }, "ARCHIVED", reason);
  }
}

/** Tells that a version moved, from the stage that it was read on; returns the id of the transition. */
export function tellMove(
  work: Work,
  { model, version }: { model: LockedModel; version: VersionRow },
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

async function removeAliases(work: Work, model: LockedModel, aliases: readonly AliasRow[]): Promise<void> {
  if (aliases.length === 0) return;
  await work.tx.alias.deleteMany({ where: { modelId: model.id, name: { in: aliases.map(({ name }) => name) } } });
  for (const { name, modelVersion } of aliases) {
    work.emit({
      type: "alias.deleted",
      model,
      version: modelVersion,
      alias: name,
      before: { number: modelVersion.number },
      after: null,
    });
  }
}

function scopesToClear({ serving, aliases }: Dependents): Scope[] {
  const stages = serving.map(({ stage }): Scope => STAGE_SCOPE[stage]);
  const archive: Scope[] = serving.length > 0 ? [STAGE_SCOPE.ARCHIVED] : [];
  return [...new Set<Scope>([...stages, ...archive, ...(aliases.length > 0 ? (["aliases:write"] as const) : [])])];
}

function listDependents({ serving, aliases }: Dependents): Obstacle[] {
  return [
    ...serving.map(({ number, stage }) => ({
      says: `version ${number} stands on ${stage}`,
      dependent: { number, stage },
    })),
    ...aliases.map(({ name, modelVersion: { number } }) => ({
      says: `the alias "${name}" points to version ${number}`,
      dependent: { number, alias: name },
    })),
  ];
}
