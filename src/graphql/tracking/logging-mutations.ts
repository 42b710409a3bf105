import { logBatch } from "../../registry/tracking/log-batch.js";
import { logInputs } from "../../registry/tracking/log-inputs.js";
import { logOutputs } from "../../registry/tracking/log-outputs.js";
import { builder } from "../kit/builder.js";
import { parseRunReference } from "../kit/ids.js";
import { nounPayload } from "../kit/mutations.js";
import { TagInput } from "../kit/tag.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { DatasetInput } from "./dataset-input.js";
import { RUN_FIELD } from "./run.js";
import { DatasetRef, toDatasetRef } from "./tracking-refs.js";

export const ParamInput = builder.inputType("ParamInput", {
  description: "A param to write.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The key: one line, not blank, at most 250 characters." }),
    value: t.string({ required: true, description: "The value, at most 6 000 characters." }),
  }),
});

const MetricInput = builder.inputType("MetricInput", {
  description: "A value of a metric to add.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The key: one line, not blank, at most 250 characters." }),
    value: t.field({ type: "MetricValue", required: true, description: "The value." }),
    step: t.field({ type: "Long", defaultValue: 0, description: "The training step, or whatever else counts up." }),
    timestamp: t.field({
      type: "DateTime",
      description: "When it was measured, not before 1970. Absent: now; a retry then adds another value.",
    }),
    dataset: t.field({ type: DatasetRef, description: "The dataset on which it was measured." }),
  }),
});

const DatasetInputInput = builder.inputType("RunDatasetInput", {
  description: "A dataset that a run read.",
  fields: (t) => ({
    dataset: t.field({ type: DatasetInput, required: true, description: "The dataset; registered if it is new." }),
    context: t.string({ description: "What it was for, such as `training` or `validation`." }),
  }),
});

const ModelVersionInput = builder.inputType("RunModelVersionInput", {
  description: "A version of a model that a run read.",
  fields: (t) => ({
    version: t.field({ type: ModelVersionRef, required: true, description: "Which version." }),
    context: t.string({ description: "What it was for, such as `fine-tuning` or `evaluation`." }),
  }),
});

const LogBatchPayload = nounPayload("LogBatchPayload", "The run that was logged to.", RUN_FIELD);
const LogInputsPayload = nounPayload("LogInputsPayload", "The run that read them.", RUN_FIELD);
const LogOutputsPayload = nounPayload("LogOutputsPayload", "The run that made them.", RUN_FIELD);

builder.mutationFields((t) => ({
  logBatch: t.fieldWithInput({
    type: LogBatchPayload,
    description:
      "Logs to a run that is going on, all or nothing: metrics are added (a value that is there already, by key, dataset, step, time and value, is left alone), params written once, tags set. Tags that change are registry events, metrics and params are not. Asks for `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      metrics: t.input.field({ type: [MetricInput], description: "Values to add, at most 1 000." }),
      params: t.input.field({
        type: [ParamInput],
        description: "Params to write, at most 100. One that is there with another value is a `CONFLICT`.",
      }),
      tags: t.input.field({
        type: [TagInput],
        description: "Tags to set, at most 100, values of at most 8 000 characters.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      logBatch(commands, {
        ...input,
        run: parseRunReference("input.run", input.run),
        metrics: input.metrics?.map((metric, i) => ({
          ...metric,
          dataset: metric.dataset && toDatasetRef(`input.metrics[${i}].dataset`, metric.dataset),
        })),
      }),
  }),
  logInputs: t.fieldWithInput({
    type: LogInputsPayload,
    description: "Says what a run that is going on read. Told again, it changes nothing. Asks for `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      datasets: t.input.field({ type: [DatasetInputInput], description: "Datasets, at most 100." }),
      modelVersions: t.input.field({ type: [ModelVersionInput], description: "Versions of models, at most 100." }),
    },
    resolve: (_root, { input }, { commands }) =>
      logInputs(commands, {
        ...input,
        run: parseRunReference("input.run", input.run),
        modelVersions: input.modelVersions?.map(({ version, context }, i) => ({
          version: toVersionRef(`input.modelVersions[${i}].version`, version),
          context,
        })),
      }),
  }),
  logOutputs: t.fieldWithInput({
    type: LogOutputsPayload,
    description:
      "Says what a run that is going on made, besides the versions that name it as their `run`. Told again, it changes nothing. Asks for `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      datasets: t.input.field({
        type: [DatasetInput],
        description: "Datasets, at most 100; registered if they are new.",
      }),
      modelVersions: t.input.field({ type: [ModelVersionRef], description: "Versions of models, at most 100." }),
    },
    resolve: (_root, { input }, { commands }) =>
      logOutputs(commands, {
        ...input,
        run: parseRunReference("input.run", input.run),
        modelVersions: input.modelVersions?.map((ref, i) => toVersionRef(`input.modelVersions[${i}]`, ref)),
      }),
  }),
}));
