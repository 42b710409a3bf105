import { describeTarget, type PromotionTarget } from "../../domain/governance/target.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import type { Work } from "../command.js";
import { conflictWith } from "../current-state.js";
import { findAliasTarget } from "./move-alias.js";

/**
 * Throws CONFLICT, with the current number for a viewer who may read it, unless the expected version is the current holder of
 * the target. Null expects that there is none; undefined expects nothing. The model must be locked.
 */
export async function requireExpectedHolder(
  work: Work,
  model: LockedModel,
  target: PromotionTarget,
  expected: number | null | undefined,
): Promise<void> {
  if (expected === undefined) return;
  const holder = await findHolder(work, model, target);
  if (holder === expected) return;
  const place = describeTarget(target);
  throw conflictWith(work.viewer, "ModelVersion", {
    message: holder === null ? `No version is in ${place}.` : `Version ${holder} is in ${place}.`,
    plain: `The current version of ${place} is not the expected one.`,
    details: { field: "input.expectedHolder" },
    values: { holder },
  });
}

async function findHolder(work: Work, model: LockedModel, target: PromotionTarget): Promise<number | null> {
  if ("alias" in target) return (await findAliasTarget(work, model, target.alias))?.number ?? null;
  const shelf = await work.tx.shelf.findUnique({
    where: { modelId_stage: { modelId: model.id, stage: target.stage } },
    select: { current: { select: { number: true } } },
  });
  return shelf?.current?.number ?? null;
}
