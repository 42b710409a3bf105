import { parseOptional } from "../../domain/values/text.js";
import { logBatch } from "../../registry/tracking/log-batch.js";
import { logInputs } from "../../registry/tracking/log-inputs.js";
import { logOutputs } from "../../registry/tracking/log-outputs.js";
import { builder } from "../kit/builder.js";
import { parseLoggedModelReference, parseRunReference } from "../kit/ids.js";
import { nounPayload } from "../kit/mutations.js";
import { KEY_DESCRIPTION, TagInput } from "../kit/tag.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { DatasetInput } from "./dataset-input.js";
import { RUN_FIELD } from "./run.js";
import { DatasetRef, toDatasetRef } from "./tracking-refs.js";

const NEW_AND_EXISTING_DATASETS =
  "New ones are registered. A narrowed token links existing ones only if a run that it covers uses them.";

export const ParamInput = builder.inputType("ParamInput", {
  description: "A param to log.",
  fields: (t) => ({
    key: t.string({
      required: true,
      description: KEY_DESCRIPTION,
    }),
    value: t.string({ required: true, description: "The value, at most 6 000 characters." }),
  }),
});

const MetricInput = builder.inputType("MetricInput", {
  description: "A value of a metric to log.",
  fields: (t) => ({
    key: t.string({
      required: true,
      description: KEY_DESCRIPTION,
    }),
    value: t.field({ type: "MetricValue", required: true, description: "The value." }),
    step: t.field({ type: "Long", defaultValue: 0, description: "The training step or another counter." }),
    timestamp: t.field({
      type: "DateTime",
      description: "When the value was measured, not before 1970. Default: now; a retry then adds another value.",
    }),
    dataset: t.field({ type: DatasetRef, description: "The dataset on which the value was measured. Default: none." }),
    loggedModel: t.id({
      description:
        "The logged model that the value was measured for, by its own id or its global id. The value is one of the run, too.",
    }),
  }),
});

const DatasetInputInput = builder.inputType("RunDatasetInput", {
  description: "A dataset that a run read.",
  fields: (t) => ({
    dataset: t.field({
      type: DatasetInput,
      required: true,
      description: "The dataset. It is registered if it is new.",
    }),
    context: t.string({ description: "What the dataset was used for, such as `training` or `validation`." }),
  }),
});

const ModelVersionInput = builder.inputType("RunModelVersionInput", {
  description: "A version of a model that a run read.",
  fields: (t) => ({
    version: t.field({ type: ModelVersionRef, required: true, description: "Which version." }),
    context: t.string({ description: "What the version was used for, such as `fine-tuning` or `evaluation`." }),
  }),
});

const LoggedModelOutput = builder.inputType("RunLoggedModelInput", {
  description: "A logged model that a run made.",
  fields: (t) => ({
    loggedModel: t.id({ required: true, description: "Which logged model, by its own id or its global id." }),
    step: t.field({
      type: "Long",
      description: "The training step at which the run made it. The first step that is stated counts.",
    }),
  }),
});

const LogBatchPayload = nounPayload("LogBatchPayload", "The run.", RUN_FIELD);
const LogInputsPayload = nounPayload("LogInputsPayload", "The run.", RUN_FIELD);
const LogOutputsPayload = nounPayload("LogOutputsPayload", "The run.", RUN_FIELD);

builder.mutationFields((t) => ({
  logBatch: t.fieldWithInput({
    type: LogBatchPayload,
    description:
      "Logs metrics, params and tags to a run that is not finished, all or nothing. Metrics are appended; a value that is already stored (same key, dataset, step, time and value) is skipped. Params are written once. Changed tags are registry events, metrics and params are not. Requires `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      metrics: t.input.field({ type: [MetricInput], description: "Metric values to append, at most 1 000." }),
      params: t.input.field({
        type: [ParamInput],
        description: "Params to write, at most 100. A param that already has another value is a `CONFLICT`.",
      }),
      tags: t.input.field({
        type: [TagInput],
        description: "Tags to set, at most 100, with values of at most 8 000 characters.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      logBatch(commands, {
        ...input,
        run: parseRunReference("input.run", input.run),
        metrics: input.metrics?.map((metric, i) => ({
          ...metric,
          dataset: metric.dataset && toDatasetRef(`input.metrics[${i}].dataset`, metric.dataset),
          loggedModel: parseOptional(metric.loggedModel, (text) =>
            parseLoggedModelReference(`input.metrics[${i}].loggedModel`, text),
          ),
        })),
      }),
  }),
  logInputs: t.fieldWithInput({
    type: LogInputsPayload,
    description:
      "Records the inputs of a run that is not finished. A repeated call changes nothing. Requires `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      datasets: t.input.field({
        type: [DatasetInputInput],
        description: `The datasets that the run read, at most 100. ${NEW_AND_EXISTING_DATASETS}`,
      }),
      modelVersions: t.input.field({
        type: [ModelVersionInput],
        description: "The versions that the run read, at most 100.",
      }),
      loggedModels: t.input.idList({
        description: "The logged models that the run read, at most 100, by their own ids or their global ids.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      logInputs(commands, {
        ...input,
        run: parseRunReference("input.run", input.run),
        modelVersions: input.modelVersions?.map(({ version, context }, i) => ({
          version: toVersionRef(`input.modelVersions[${i}].version`, version),
          context,
        })),
        loggedModels: input.loggedModels?.map((id, i) => parseLoggedModelReference(`input.loggedModels[${i}]`, id)),
      }),
  }),
  logOutputs: t.fieldWithInput({
    type: LogOutputsPayload,
    description:
      "Records the outputs of a run that is not finished, besides the versions that name it as their `run`. A repeated call changes nothing. Requires `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      datasets: t.input.field({
        type: [DatasetInput],
        description: `The datasets that the run produced, at most 100. ${NEW_AND_EXISTING_DATASETS}`,
      }),
      modelVersions: t.input.field({
        type: [ModelVersionRef],
        description: "The versions that the run produced, at most 100.",
      }),
      loggedModels: t.input.field({
        type: [LoggedModelOutput],
        description:
          "The logged models that the run made, at most 100, besides those that name it as their `sourceRun`.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      logOutputs(commands, {
        ...input,
        run: parseRunReference("input.run", input.run),
        modelVersions: input.modelVersions?.map((ref, i) => toVersionRef(`input.modelVersions[${i}]`, ref)),
        loggedModels: input.loggedModels?.map(({ loggedModel, step }, i) => ({
          id: parseLoggedModelReference(`input.loggedModels[${i}].loggedModel`, loggedModel),
          step,
        })),
      }),
  }),
}));
