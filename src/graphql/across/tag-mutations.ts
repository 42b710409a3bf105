import { deleteTag } from "../../registry/across/delete-tag.js";
import { setTag } from "../../registry/across/set-tag.js";
import type { TagTargetRef, TagTarget as Target } from "../../registry/across/tag-target.js";
import { builder } from "../kit/builder.js";
import { parseRunReference } from "../kit/ids.js";
import { readDataset, readExperiment, readModel, readRun, readVersion } from "../kit/visible-rows.js";
import { Model } from "../models/model.js";
import { ModelRef, toModelRef } from "../models/model-ref.js";
import type { GraphQLContext } from "../request/context.js";
import { Dataset } from "../tracking/dataset.js";
import { Experiment } from "../tracking/experiment.js";
import { Run } from "../tracking/run.js";
import { DatasetRef, ExperimentRef, toDatasetRef, toExperimentRef } from "../tracking/tracking-refs.js";
import { ModelVersion } from "../versions/model-version.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";

const TagTarget = builder.inputType("TagTarget", {
  isOneOf: true,
  description: "What a tag is on: exactly one of these.",
  fields: (t) => ({
    model: t.field({ type: ModelRef, description: "A model." }),
    modelVersion: t.field({ type: ModelVersionRef, description: "A version of a model." }),
    experiment: t.field({ type: ExperimentRef, description: "An experiment." }),
    run: t.id({ description: "A run, also one that is over." }),
    dataset: t.field({ type: DatasetRef, description: "A dataset." }),
  }),
});

function toTagTarget(target: (typeof TagTarget)["$inferInput"]): TagTargetRef {
  const { model, modelVersion, experiment, run, dataset } = target;
  if (model) return { model: toModelRef("input.on.model", model) };
  if (modelVersion) return { modelVersion: toVersionRef("input.on.modelVersion", modelVersion) };
  if (experiment) return { experiment: toExperimentRef("input.on.experiment", experiment) };
  if (typeof run === "string") return { run: parseRunReference("input.on.run", run) };
  return { dataset: toDatasetRef("input.on.dataset", dataset as never) };
}

type Read = (query: object, row: { id: string }, args: object, context: GraphQLContext) => never;

/** Reads the noun that the tag is on, if it is of this kind. */
function reading(
  read: Read,
  key: keyof Target,
): (query: object, target: Target, args: object, context: GraphQLContext) => never {
  return (query, target, args, context) => {
    const id = target[key];
    return id === undefined ? (null as never) : read(query, { id }, args, context);
  };
}

function tagPayload(name: string, description: string) {
  return builder.objectRef<Target>(name).implement({
    description,
    fields: (t) => ({
      model: t.prismaField({
        type: Model,
        nullable: true,
        description: "The model, if the tag is on one or on a version of one.",
        resolve: reading(readModel, "modelId"),
      }),
      modelVersion: t.prismaField({
        type: ModelVersion,
        nullable: true,
        description: "The version, if the tag is on one.",
        resolve: reading(readVersion, "versionId"),
      }),
      experiment: t.prismaField({
        type: Experiment,
        nullable: true,
        description: "The experiment, if the tag is on one.",
        resolve: reading(readExperiment, "experimentId"),
      }),
      run: t.prismaField({
        type: Run,
        nullable: true,
        description: "The run, if the tag is on one.",
        resolve: reading(readRun, "runId"),
      }),
      dataset: t.prismaField({
        type: Dataset,
        nullable: true,
        description: "The dataset, if the tag is on one.",
        resolve: reading(readDataset, "datasetId"),
      }),
    }),
  });
}

const SetTagPayload = tagPayload("SetTagPayload", "What carries the tag now.");
const DeleteTagPayload = tagPayload("DeleteTagPayload", "What carried the tag.");

builder.mutationFields((t) => ({
  setTag: t.fieldWithInput({
    type: SetTagPayload,
    description:
      "Sets a tag, in place of the value that its key may have had. Asks for `models:write`; on experiments, runs and datasets for `runs:write`, with values of at most 8 000 characters.",
    input: {
      on: t.input.field({ type: TagTarget, required: true, description: "What to tag." }),
      key: t.input.string({ required: true, description: "The key: one line, not blank, at most 250 characters." }),
      value: t.input.string({ required: true, description: "The value, at most 100 000 characters." }),
    },
    resolve: (_root, { input }, { commands }) => setTag(commands, { ...input, on: toTagTarget(input.on) }),
  }),
  deleteTag: t.fieldWithInput({
    type: DeleteTagPayload,
    description: "Removes a tag. Asks for `models:write`; on experiments, runs and datasets for `runs:write`.",
    input: {
      on: t.input.field({ type: TagTarget, required: true, description: "What carries the tag." }),
      key: t.input.string({ required: true, description: "The key." }),
    },
    resolve: (_root, { input }, { commands }) => deleteTag(commands, { ...input, on: toTagTarget(input.on) }),
  }),
}));
