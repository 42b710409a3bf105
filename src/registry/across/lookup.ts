import { isVisible } from "../../domain/access/visibility.js";
import { InvalidInputError, NotFoundError } from "../../domain/errors.js";
import type { ModelRef } from "../../domain/models/model.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { coveredModel } from "../../store/access/visibility.js";
import type { ModelVersion } from "../../store/generated/client.js";
import { type LockedModel, lockModelRow } from "../../store/models/model-lock.js";
import { type LockedVersion, lockVersionByNumber } from "../../store/versions/version-lock.js";
import type { Work } from "../command.js";

type VersionByNumber = Extract<ModelVersionRef, { readonly number: unknown }>;

export type { LockedVersion };

/**
 * Locks a living model that the viewer may see until the transaction ends, so that a model has one writer at a time. Throws
 * NOT_FOUND.
 */
export async function lockModel(work: Work, ref: ModelRef): Promise<LockedModel> {
  const model = await findAndLockModel(work, ref);
  if (!model) throw new NotFoundError(`${describeModel(ref)} was not found.`);
  return model;
}

export async function findAndLockModel(work: Work, ref: ModelRef): Promise<LockedModel | null> {
  const model = await lockModelRow(work.tx, ref);
  return model && isVisible("Model", work.viewer, factsOf(model)) ? model : null;
}

/** What decides who may see a model. */
export function factsOf({ name, deletedAt }: LockedModel) {
  return { name, deletedAt };
}

/** Reads a living version and locks its model: a version changes only while its model is locked. Throws NOT_FOUND. */
export async function lockVersion(work: Work, ref: ModelVersionRef): Promise<LockedVersion> {
  const locked =
    "number" in ref && ref.number.number >= 1 ? await lockByNumber(work, ref) : await lockByModel(work, ref);
  if (!locked || locked.version.deletedAt !== null) throw new NotFoundError(`${describeVersion(ref)} was not found.`);
  return locked;
}

/** One statement, since most commands name a version so. */
async function lockByNumber({ tx, viewer }: Work, ref: VersionByNumber): Promise<LockedVersion | null> {
  const locked = await lockVersionByNumber(tx, ref.number);
  return locked && isVisible("Model", viewer, factsOf(locked.model)) ? locked : null;
}

async function lockByModel(work: Work, ref: ModelVersionRef): Promise<LockedVersion | null> {
  const model = await lockModelOf(work, ref);
  const version = model && (await findVersion(work, model, ref));
  return model && version && { model, version };
}

async function lockModelOf(work: Work, ref: ModelVersionRef): Promise<LockedModel | null> {
  if ("number" in ref) return findAndLockModel(work, { name: ref.number.model });
  if ("alias" in ref) return findAndLockModel(work, { name: ref.alias.model });
  return lockModelOfVersion(work, ref.id);
}

/**
 * Locks the model of a version, living or deleted; null if there is none. One statement looks for both a version that does
 * not exist and one that the viewer may not see, so that the time of the answer does not differ.
 */
export async function lockModelOfVersion(work: Work, id: string): Promise<LockedModel | null> {
  const version = await work.tx.modelVersion.findFirst({
    where: { id, model: coveredModel(work.viewer) },
    select: { modelId: true },
  });
  return version && findAndLockModel(work, { id: version.modelId });
}

async function findVersion(work: Work, model: LockedModel, ref: ModelVersionRef): Promise<ModelVersion | null> {
  if ("id" in ref) return work.tx.modelVersion.findUnique({ where: { id: ref.id } });
  if ("number" in ref) return findVersionByNumber(work, model, ref.number.number);
  const alias = await work.tx.alias.findUnique({
    where: { modelId_name: { modelId: model.id, name: ref.alias.alias } },
    include: { modelVersion: true },
  });
  return alias?.modelVersion ?? null;
}

export function findVersionByNumber(work: Work, model: LockedModel, number: number): Promise<ModelVersion | null> {
  if (number < 1) throw new InvalidInputError("number", "Version numbers begin at 1.");
  return work.tx.modelVersion.findUnique({ where: { modelId_number: { modelId: model.id, number } } });
}

export function describeModel(ref: ModelRef): string {
  return "name" in ref ? `The model "${ref.name}"` : "The model";
}

function describeVersion(ref: ModelVersionRef): string {
  if ("number" in ref) return `Version ${ref.number.number} of the model "${ref.number.model}"`;
  if ("alias" in ref) return `The alias "${ref.alias.alias}" of the model "${ref.alias.model}"`;
  return "The version";
}
