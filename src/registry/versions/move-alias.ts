import type { Viewer } from "../../domain/access/actor.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { conflictWith } from "../across/current-state.js";
import type { Work } from "../command.js";

interface Target {
  readonly id: string;
  readonly number: number;
}

/** What `setAlias` and `deleteAlias` return. */
export interface AliasMoved {
  readonly modelId: string;
  readonly name: string;
  readonly previousVersionId: string | null;
}

/** The version that an alias points to; null if it is not set. The model must be locked. */
export async function findAliasTarget(work: Work, model: LockedModel, name: string): Promise<Target | null> {
  const alias = await work.tx.alias.findUnique({
    where: { modelId_name: { modelId: model.id, name } },
    select: { modelVersion: { select: { id: true, number: true } } },
  });
  return alias?.modelVersion ?? null;
}

/**
 * Throws CONFLICT, with the current number for a viewer who may read it, unless the alias points to the expected version. Null expects that it is not
 * set; undefined expects nothing.
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

/** Points an alias to a version. Returns its previous target. Emits no event if it points to the version already. */
export async function moveAlias(work: Work, model: LockedModel, name: string, to: Target): Promise<Target | null> {
  const from = await findAliasTarget(work, model, name);
  if (from?.id === to.id) return from;
  const { issuer, subject, name: actorName, kind } = work.viewer.actor;
  const set = {
    versionId: to.id,
    setAt: work.at,
    setByIssuer: issuer,
    setBySubject: subject,
    setByName: actorName,
    setByKind: kind,
  };
  const where = { modelId_name: { modelId: model.id, name } };
  if (from) await work.tx.alias.update({ where, data: set, select: { name: true } });
  else await work.tx.alias.createMany({ data: [{ modelId: model.id, name, ...set }] });
  work.emit({
    type: "alias.set",
    model,
    version: to,
    alias: name,
    before: from && { number: from.number },
    after: { number: to.number },
  });
  return from;
}
