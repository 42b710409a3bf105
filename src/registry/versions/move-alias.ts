import type { Viewer } from "../../domain/access/actor.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import type { Work } from "../command.js";
import { conflictWith } from "../current-state.js";
import { type Gate, type OverrideInput, passGate, recordOutcome } from "../governance/gate.js";

export interface Target {
  readonly id: string;
  readonly number: number;
}

interface AliasMove {
  readonly name: string;
  readonly to: Target;
  /** The number of the version that the alias must point to now; null = it must not be set; absent = no check. */
  readonly expectedNumber?: number | null | undefined;
  readonly reason?: string | null;
  readonly override?: OverrideInput | null;
  readonly isRollback?: boolean;
}

/** What `setAlias` and `deleteAlias` return. */
export type AliasMoved = {
  readonly modelId: string;
  readonly name: string;
  readonly previousVersionId: string | null;
  /** The id of the AliasTransition; null if nothing changed. */
  readonly transitionId: string | null;
};

/** The version that an alias points to; null if it is not set. The model must be locked. */
export async function findAliasTarget(work: Work, model: LockedModel, name: string): Promise<Target | null> {
  const alias = await work.tx.alias.findUnique({
    where: { modelId_name: { modelId: model.id, name } },
    select: { modelVersion: { select: { id: true, number: true } } },
  });
  return alias?.modelVersion ?? null;
}

/**
 * Throws CONFLICT, with the current number for a viewer who may read it, unless the alias points to the expected version.
 * Null expects that it is not set; undefined expects nothing.
 */
export function requireExpectedNumber(
  viewer: Viewer,
  alias: string,
  expected: number | null | undefined,
  number: number | null,
): void {
  if (expected === undefined || expected === number) return;
  const state = number === null ? "is not set" : `points to version ${number}`;
  throw conflictWith(viewer, "Alias", {
    message: `The alias "${alias}" ${state}.`,
    plain: `The alias "${alias}" does not point to what input.expectedNumber expects.`,
    details: { field: "input.expectedNumber" },
    values: { number },
  });
}

/**
 * Points an alias to a version, if the policies that guard it allow. Emits no event, and asks no policy, if it points to the
 * version already.
 */
export async function moveAlias(
  work: Work,
  gate: Gate,
  model: LockedModel,
  { name, to, expectedNumber, reason = null, override = null, isRollback = false }: AliasMove,
): Promise<AliasMoved> {
  const from = await findAliasTarget(work, model, name);
  requireExpectedNumber(work.viewer, name, expectedNumber, from?.number ?? null);
  const moved = { modelId: model.id, name, previousVersionId: from?.id ?? null };
  if (from?.id === to.id) return { ...moved, transitionId: null };
  const target = { alias: name };
  const promotion = { version: to, target, reason, override, isRollback, replacesHolders: true };
  const decision = await passGate(work, gate, model, promotion);
  await writeAlias(work, { modelId: model.id, name, isSet: from !== null, versionId: to.id });
  const transitionId = work.emit({
    type: "alias.set",
    model,
    version: to,
    alias: name,
    before: from && { number: from.number },
    after: {
      number: to.number,
      ...(reason === null ? {} : { reason }),
      ...(decision ? { decision } : {}),
    },
  });
  await recordOutcome(work, { model, version: to }, decision, transitionId);
  return { ...moved, transitionId };
}

interface AliasRow {
  readonly modelId: string;
  readonly name: string;
  readonly isSet: boolean;
  readonly versionId: string;
}

async function writeAlias(work: Work, { modelId, name, isSet, versionId }: AliasRow): Promise<void> {
  const { issuer, subject, name: actorName, kind } = work.viewer.actor;
  const set = {
    versionId,
    setAt: work.at,
    setByIssuer: issuer,
    setBySubject: subject,
    setByName: actorName,
    setByKind: kind,
  };
  const where = { modelId_name: { modelId, name } };
  if (isSet) await work.tx.alias.update({ where, data: set, select: { name: true } });
  else await work.tx.alias.createMany({ data: [{ modelId, name, ...set }] });
}
