import { deleteTag } from "../../registry/across/delete-tag.js";
import { setTag } from "../../registry/across/set-tag.js";
import type { TagTargetRef, TagTarget as Target } from "../../registry/across/tag-target.js";
import { builder } from "../kit/builder.js";
import { parseLoggedModelReference, parseRunReference } from "../kit/ids.js";
import { visibleRow } from "../kit/visible-rows.js";
import { LoggedModel } from "../logged-models/logged-model.js";
import { Model } from "../models/model.js";
import { ModelRef, toModelRef } from "../models/model-ref.js";
import { Dataset } from "../tracking/dataset.js";
import { Experiment } from "../tracking/experiment.js";
import { Run } from "../tracking/run.js";
import { DatasetRef, ExperimentRef, toDatasetRef, toExperimentRef } from "../tracking/tracking-refs.js";
import { ModelVersion } from "../versions/model-version.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";

const TagTarget = builder.inputType("TagTarget", {
  isOneOf: true,
  description: "The object that a tag is on. Set exactly one field.",
  fields: (t) => ({
    model: t.field({ type: ModelRef, description: "A model." }),
    modelVersion: t.field({ type: ModelVersionRef, description: "A version of a model." }),
    experiment: t.field({ type: ExperimentRef, description: "An experiment." }),
    run: t.id({ description: "A run, by its own id or its global id. It may be finished." }),
    loggedModel: t.id({ description: "A logged model, by its own id or its global id." }),
    dataset: t.field({ type: DatasetRef, description: "A dataset." }),
  }),
});

function toTagTarget(target: (typeof TagTarget)["$inferInput"]): TagTargetRef {
  const { model, modelVersion, experiment, run, loggedModel, dataset } = target;
  if (model) return { model: toModelRef("input.on.model", model) };
  if (modelVersion) return { modelVersion: toVersionRef("input.on.modelVersion", modelVersion) };
  if (experiment) return { experiment: toExperimentRef("input.on.experiment", experiment) };
  if (dataset) return { dataset: toDatasetRef("input.on.dataset", dataset) };
  if (typeof loggedModel === "string") {
    return { loggedModel: parseLoggedModelReference("input.on.loggedModel", loggedModel) };
  }
  return { run: parseRunReference("input.on.run", run) };
}

function tagPayload(name: string, description: string) {
  return builder.objectRef<Target>(name).implement({
    description,
    fields: (t) => ({
      model: t.field({
        type: Model,
        nullable: true,
        description: "The model, if the tag is on a model or on one of its versions.",
        resolve: visibleRow("Model", ({ modelId }) => modelId),
      }),
      modelVersion: t.field({
        type: ModelVersion,
        nullable: true,
        description: "The version, if the tag is on a version.",
        resolve: visibleRow("ModelVersion", ({ versionId }) => versionId),
      }),
      experiment: t.field({
        type: Experiment,
        nullable: true,
        description: "The experiment, if the tag is on an experiment.",
        resolve: visibleRow("Experiment", ({ experimentId }) => experimentId),
      }),
      run: t.field({
        type: Run,
        nullable: true,
        description: "The run, if the tag is on a run.",
        resolve: visibleRow("Run", ({ runId }) => runId),
      }),
      loggedModel: t.field({
        type: LoggedModel,
        nullable: true,
        description: "The logged model, if the tag is on a logged model.",
        resolve: visibleRow("LoggedModel", ({ loggedModelId }) => loggedModelId),
      }),
      dataset: t.field({
        type: Dataset,
        nullable: true,
        description: "The dataset, if the tag is on a dataset.",
        resolve: visibleRow("Dataset", ({ datasetId }) => datasetId),
      }),
    }),
  });
}

const SetTagPayload = tagPayload("SetTagPayload", "The object that has the tag now.");
const DeleteTagPayload = tagPayload("DeleteTagPayload", "The object that had the tag.");

builder.mutationFields((t) => ({
  setTag: t.fieldWithInput({
    type: SetTagPayload,
    description:
      "Sets a tag. A tag with the same key is overwritten. Requires `models:write` for models and versions, `runs:write` for experiments, runs, logged models and datasets.",
    input: {
      on: t.input.field({ type: TagTarget, required: true, description: "The object to tag." }),
      key: t.input.string({ required: true, description: "The key: one line, not blank, at most 250 characters." }),
      value: t.input.string({
        required: true,
        description:
          "The value: at most 100 000 characters on models, versions and experiments, 8 000 on runs, logged models and datasets.",
      }),
    },
    resolve: (_root, { input }, { commands }) => setTag(commands, { ...input, on: toTagTarget(input.on) }),
  }),
  deleteTag: t.fieldWithInput({
    type: DeleteTagPayload,
    description:
      "Deletes a tag. Requires `models:write` for models and versions, `runs:write` for experiments, runs, logged models and datasets.",
    input: {
      on: t.input.field({ type: TagTarget, required: true, description: "The object that has the tag." }),
      key: t.input.string({ required: true, description: "The key." }),
    },
    resolve: (_root, { input }, { commands }) => deleteTag(commands, { ...input, on: toTagTarget(input.on) }),
  }),
}));
