import { COMMAND_SCOPE, type Scope } from "../../domain/access/scopes.js";
import { requireFreeTags } from "../../domain/logged-models/logged-model.js";
import type { ModelRef } from "../../domain/models/model.js";
import type { DatasetRef } from "../../domain/tracking/dataset.js";
import { TAG_VALUE_MAX, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import type { TagOwner } from "../../store/across/tags.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import type { Work } from "../command.js";
import { enterGate } from "../governance/gate.js";
import { requireSameProtection, requireTagRights } from "../governance/protection.js";
import { settleSelection } from "../governance/selection.js";
import { lockDataset } from "./dataset-lookup.js";
import { aboutDataset, aboutExperiment } from "./event-subjects.js";
import { aboutLoggedModel, lockLoggedModel } from "./logged-model-lookup.js";
import { lockModel, lockVersion } from "./lookup.js";
import { aboutRun, type ExperimentRef, lockExperiment, lockRun } from "./tracking-lookup.js";

/** How an input refers to an object that has tags. */
export type TagTargetRef =
  | { readonly model: ModelRef }
  | { readonly modelVersion: ModelVersionRef }
  | { readonly experiment: ExperimentRef }
  | { readonly run: string }
  | { readonly loggedModel: string }
  | { readonly dataset: DatasetRef };

/** The ids of a tagged object: one of them, and for a version also that of its model. */
export interface TagTarget {
  readonly modelId?: string;
  readonly versionId?: string;
  readonly experimentId?: string;
  readonly runId?: string;
  readonly loggedModelId?: string;
  readonly datasetId?: string;
}

/** A locked object that has tags, and the fields of the events about it. */
export interface LockedTagTarget {
  readonly ids: TagTarget;
  readonly owner: TagOwner;
  readonly noun: "model" | "model_version" | "experiment" | "run" | "logged_model" | "dataset";
  readonly about: Pick<Parameters<Work["emit"]>[0], "model" | "version" | "subject" | "experiment">;
  /** Set for what policies protect: a model, or a version of it. */
  readonly guarded?: { readonly model: LockedModel; readonly versionId: string | null };
}

/** The scope that tagging the object requires, and how long a value may be. */
export function tagRules(ref: TagTargetRef): { scope: Scope; valueMax: number } {
  if ("model" in ref || "modelVersion" in ref) return { scope: COMMAND_SCOPE.setTag, valueMax: TAG_VALUE_MAX };
  const valueMax = "experiment" in ref ? TAG_VALUE_MAX : TRACKING_TAG_VALUE_MAX;
  return { scope: COMMAND_SCOPE.setTrackingTag, valueMax };
}

/**
 * Changes a tag of an object, if policies allow it, with the object locked until the transaction ends. Throws NOT_FOUND if the
 * viewer may not see it. Returns its ids.
 */
export async function changeTag(
  work: Work,
  { on, key }: { readonly on: TagTargetRef; readonly key: string },
  change: (target: LockedTagTarget) => Promise<void>,
): Promise<TagTarget> {
  // selectors of policies look at the tags of models
  if ("model" in on) await enterGate(work);
  const target = await lockTagTarget(work, on, key);
  const { ids, guarded } = target;
  const isSelecting = guarded !== undefined && (await requireTagRights(work, guarded, [key]));
  const model = guarded?.versionId === null ? guarded.model : null;
  if (model && isSelecting) await requireSameProtection(work, model, () => change(target));
  else await change(target);
  if (model) await settleSelection(work, model);
  return ids;
}

async function lockTagTarget(work: Work, ref: TagTargetRef, key: string): Promise<LockedTagTarget> {
  if ("model" in ref) {
    const model = await lockModel(work, ref.model);
    const { id } = model;
    const guarded = { model, versionId: null };
    return { ids: { modelId: id }, owner: { noun: "Model", id }, noun: "model", about: { model }, guarded };
  }
  if ("modelVersion" in ref) {
    const { model, version } = await lockVersion(work, ref.modelVersion);
    const { id } = version;
    const ids = { modelId: model.id, versionId: id };
    const guarded = { model, versionId: id };
    return { ids, owner: { noun: "ModelVersion", id }, noun: "model_version", about: { model, version }, guarded };
  }
  if ("experiment" in ref) {
    const experiment = await lockExperiment(work, ref.experiment, "NO KEY UPDATE");
    const { id } = experiment;
    const about = aboutExperiment(experiment);
    return { ids: { experimentId: id }, owner: { noun: "Experiment", id }, noun: "experiment", about };
  }
  if ("run" in ref) {
    const run = await lockRun(work, ref.run, "NO KEY UPDATE", "input.on.run");
    const { id } = run;
    return { ids: { runId: id }, owner: { noun: "Run", id }, noun: "run", about: aboutRun(run) };
  }
  if ("loggedModel" in ref) {
    requireFreeTags("input.key", [{ key }]);
    const loggedModel = await lockLoggedModel(work, ref.loggedModel, "NO KEY UPDATE", "input.on.loggedModel");
    const { id } = loggedModel;
    const about = aboutLoggedModel(loggedModel);
    return { ids: { loggedModelId: id }, owner: { noun: "LoggedModel", id }, noun: "logged_model", about };
  }
  const { id } = await lockDataset(work, ref.dataset, COMMAND_SCOPE.setTrackingTag);
  return { ids: { datasetId: id }, owner: { noun: "Dataset", id }, noun: "dataset", about: aboutDataset(id) };
}
