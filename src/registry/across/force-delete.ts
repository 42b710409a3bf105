import type { Scope } from "../../domain/access/scopes.js";
import { IS_SERVING, STAGE_SCOPE, STAGES } from "../../domain/versions/stage.js";
import { findIdleDeployments } from "../../store/deployments/live-deployment.js";
import type { Alias, ModelVersion } from "../../store/generated/client.js";
import type { Downstream } from "../../store/lineage/lineage-dependents.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import type { Work } from "../command.js";
import { mayRead, requireScopesOfState } from "../current-state.js";
import { requireMover } from "../governance/gate.js";
import { emitAliasDeleted } from "./alias-events.js";
import { type Blocker, describeDependent, findDependents, inUse, LISTED_MAX } from "./dependents.js";
import { archiveVersions, type MovedVersion } from "./stage-moves.js";

type AliasRow = Pick<Alias, "name"> & { readonly modelVersion: Pick<ModelVersion, "id" | "number"> };

const SERVING_STAGES = STAGES.filter((stage) => IS_SERVING[stage]);

/** What uses a model or a version: versions in serving stages, aliases, and what is derived from it and would outlive it. */
interface Uses {
  readonly serving: readonly MovedVersion[];
  readonly aliases: readonly AliasRow[];
  readonly downstream: Downstream;
}

export interface DeleteOptions {
  /** The version to delete; absent: the whole model. */
  readonly versionId?: string;
  readonly force: boolean;
  readonly action: string;
  /** The reason of the moves to ARCHIVED. */
  readonly reason: string;
}

/**
 * Prepares the delete of a model, or of one of its versions. With `force`, its serving versions move to ARCHIVED and its
 * aliases are removed, with the rights and the events that these actions have on their own. What is derived from it stays.
 *
 * Throws IN_USE if it is in use and `force` is not set, and FORBIDDEN if a scope for the forced actions is missing.
 */
export async function releaseUses(work: Work, model: LockedModel, options: DeleteOptions): Promise<void> {
  const { versionId, force, action, reason } = options;
  const uses = await findUses(work, model, versionId);
  const { serving, aliases, downstream } = uses;
  if (serving.length + aliases.length === 0 && !downstream.exists) return;
  if (!force) {
    throw inUse([
      ...(mayRead(work.viewer, "Model") ? describeUses(uses) : []),
      ...downstream.seen.map(describeDependent),
    ]);
  }
  requireScopesOfState(work.viewer, "Model", {
    scopes: scopesToRelease(uses),
    action: `${action} with force`,
    plain: `${action} with force also requires the scopes of the moves and aliases that it undoes, and this token lacks some of them. A token with models:read gets their names.`,
  });
  await requireMover(work, model, [
    ...serving.map(({ stage }) => ({ stage })),
    ...aliases.map(({ name }) => ({ alias: name })),
  ]);
  await archiveVersions(work, model, serving, reason);
  await removeAliases(work, model, aliases);
}

async function findUses(work: Work, model: LockedModel, versionId: string | undefined): Promise<Uses> {
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
  if (versionId) {
    return { serving, aliases, downstream: await findDependents(work, { kind: "MODEL_VERSION", id: versionId }) };
  }
  const derived = await findDependents(work, { modelId: model.id });
  const idle = await findIdleDeployments(work.tx, work.viewer, model, LISTED_MAX + 1);
  const downstream = { exists: derived.exists || idle.exists, seen: [...derived.seen, ...idle.seen] };
  return { serving, aliases, downstream };
}

async function removeAliases(work: Work, model: LockedModel, aliases: readonly AliasRow[]): Promise<void> {
  if (aliases.length === 0) return;
  await work.tx.alias.deleteMany({ where: { modelId: model.id, name: { in: aliases.map(({ name }) => name) } } });
  for (const { name, modelVersion } of aliases) {
    emitAliasDeleted(work, model, { name, version: modelVersion, reason: null });
  }
}

function scopesToRelease({ serving, aliases }: Uses): Scope[] {
  const stages = serving.map(({ stage }): Scope => STAGE_SCOPE[stage]);
  const archive: Scope[] = serving.length > 0 ? [STAGE_SCOPE.ARCHIVED] : [];
  const alias: Scope[] = aliases.length > 0 ? ["aliases:write"] : [];
  return [...new Set<Scope>([...stages, ...archive, ...alias])];
}

function describeUses({ serving, aliases }: Uses): Blocker[] {
  return [
    ...serving.map(({ number, stage }) => ({
      text: `version ${number} is in ${stage}`,
      dependent: { number, stage },
    })),
    ...aliases.map(({ name, modelVersion: { number } }) => ({
      text: `the alias "${name}" points to version ${number}`,
      dependent: { number, alias: name },
    })),
  ];
}
