import { COMMAND_SCOPE, type Scope } from "../../domain/access/scopes.js";
import { TAG_VALUE_MAX, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import type { TagOwner } from "../../store/across/tags.js";
import type { DatasetReference } from "../../store/tracking/dataset-lookup.js";
import type { Work } from "../command.js";
import { lockModel, lockVersion, type ModelRef, type ModelVersionRef } from "./lookup.js";
import { aboutRun, type ExperimentRef, lockDataset, lockExperiment, lockRun } from "./tracking-lookup.js";

export type TagTargetRef =
  | { readonly model: ModelRef }
  | { readonly modelVersion: ModelVersionRef }
  | { readonly experiment: ExperimentRef }
  | { readonly run: string }
  | { readonly dataset: DatasetReference };

/** What a tag is on: one of the nouns, and the model that a version is of. */
export interface TagTarget {
  readonly modelId?: string;
  readonly versionId?: string;
  readonly experimentId?: string;
  readonly runId?: string;
  readonly datasetId?: string;
}

/** A locked noun that carries tags, and how an event tells of it. */
export interface LockedTagTarget {
  readonly ids: TagTarget;
  readonly owner: TagOwner;
  readonly noun: "model" | "model_version" | "experiment" | "run" | "dataset";
  readonly about: Pick<Parameters<Work["emit"]>[0], "model" | "version" | "subject" | "experiment">;
}

/** What tagging a noun asks for, and how long the value may be. */
export function rulesOfTagging(ref: TagTargetRef): { scope: Scope; valueMax: number } {
  return "model" in ref || "modelVersion" in ref
    ? { scope: COMMAND_SCOPE.setTag, valueMax: TAG_VALUE_MAX }
    : { scope: COMMAND_SCOPE.setTrackingTag, valueMax: TRACKING_TAG_VALUE_MAX };
}

export async function lockTagTarget(work: Work, ref: TagTargetRef): Promise<LockedTagTarget> {
  if ("model" in ref) {
    const model = await lockModel(work, ref.model);
    return { ids: { modelId: model.id }, owner: { noun: "Model", id: model.id }, noun: "model", about: { model } };
  }
  if ("modelVersion" in ref) {
    const { model, version } = await lockVersion(work, ref.modelVersion);
    const ids = { modelId: model.id, versionId: version.id };
    return { ids, owner: { noun: "ModelVersion", id: version.id }, noun: "model_version", about: { model, version } };
  }
  if ("experiment" in ref) {
    const experiment = await lockExperiment(work, ref.experiment, "NO KEY UPDATE");
    const { id } = experiment;
    const about = { subject: { type: "Experiment" as const, id }, experiment };
    return { ids: { experimentId: id }, owner: { noun: "Experiment", id }, noun: "experiment", about };
  }
  if ("run" in ref) {
    const run = await lockRun(work, ref.run, "NO KEY UPDATE", "input.on.run");
    return { ids: { runId: run.id }, owner: { noun: "Run", id: run.id }, noun: "run", about: aboutRun(run) };
  }
  const { id } = await lockDataset(work, ref.dataset, COMMAND_SCOPE.setTrackingTag);
  const about = { subject: { type: "Dataset" as const, id } };
  return { ids: { datasetId: id }, owner: { noun: "Dataset", id }, noun: "dataset", about };
}
