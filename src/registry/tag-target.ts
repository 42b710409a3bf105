import type { ModelVersion } from "../store/generated/client.js";
import type { LockedModel } from "../store/model-lock.js";
import type { Work } from "./command.js";
import { lockModel, lockVersion, type ModelRef, type ModelVersionRef } from "./references.js";

export type TagTargetRef = { readonly model: ModelRef } | { readonly modelVersion: ModelVersionRef };

/** What a tag is on: a model, or a version of it. */
export interface TagTarget {
  readonly modelId: string;
  readonly versionId: string | null;
}

/** A locked noun that carries tags, and how its tags are kept. */
export interface LockedTagTarget {
  readonly ids: TagTarget;
  readonly model: LockedModel;
  readonly version: ModelVersion | null;
  read(key: string): Promise<string | null>;
  write(key: string, value: string): Promise<unknown>;
  remove(key: string): Promise<unknown>;
}

export async function lockTagTarget(work: Work, ref: TagTargetRef): Promise<LockedTagTarget> {
  if ("model" in ref) return modelTags(work, await lockModel(work, ref.model));
  const { model, version } = await lockVersion(work, ref.modelVersion);
  return versionTags(work, model, version);
}

function modelTags({ tx }: Work, model: LockedModel): LockedTagTarget {
  const at = (key: string) => ({ modelId_key: { modelId: model.id, key } });
  return {
    ids: { modelId: model.id, versionId: null },
    model,
    version: null,
    read: async (key) => (await tx.modelTag.findUnique({ where: at(key), select: { value: true } }))?.value ?? null,
    write: (key, value) =>
      tx.modelTag.upsert({
        where: at(key),
        create: { modelId: model.id, key, value },
        update: { value },
        select: { key: true },
      }),
    remove: (key) => tx.modelTag.delete({ where: at(key), select: { key: true } }),
  };
}

function versionTags({ tx }: Work, model: LockedModel, version: ModelVersion): LockedTagTarget {
  const at = (key: string) => ({ versionId_key: { versionId: version.id, key } });
  return {
    ids: { modelId: model.id, versionId: version.id },
    model,
    version,
    read: async (key) =>
      (await tx.modelVersionTag.findUnique({ where: at(key), select: { value: true } }))?.value ?? null,
    write: (key, value) =>
      tx.modelVersionTag.upsert({
        where: at(key),
        create: { versionId: version.id, key, value },
        update: { value },
        select: { key: true },
      }),
    remove: (key) => tx.modelVersionTag.delete({ where: at(key), select: { key: true } }),
  };
}
