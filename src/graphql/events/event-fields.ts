import type { Event } from "../../store/generated/client.js";
import type { builder } from "../kit/builder.js";
import { visibleRow } from "../kit/visible-rows.js";
import { LoggedModel } from "../logged-models/logged-model.js";
import { Model } from "../models/model.js";
import { Dataset } from "../tracking/dataset.js";
import { Experiment } from "../tracking/experiment.js";
import { Run } from "../tracking/run.js";
import { ModelVersion } from "../versions/model-version.js";
import { changedKeys, snapshotsOf, textOf } from "./registry-event.js";

/** Fields that several event types share, by the object that they are about. */
type Implement = ReturnType<typeof builder.objectRef<Event>>["implement"];
type FieldsOption = NonNullable<Parameters<Implement>[0]["fields"]>;
export type EventFieldBuilder = Parameters<FieldsOption>[0];

const NOW = "as it is now; null if it was deleted or the viewer may not see it";

export const aboutModel = (t: EventFieldBuilder) => ({
  modelName: t.string({ description: "The model's name at the time.", resolve: ({ modelName }) => modelName ?? "" }),
  model: t.field({
    type: Model,
    nullable: true,
    description: `The model ${NOW}.`,
    resolve: visibleRow("Model", ({ modelId }) => modelId),
  }),
});

export const aboutVersion = (t: EventFieldBuilder) => ({
  ...aboutModel(t),
  versionNumber: t.int({ description: "The version's number.", resolve: ({ versionNumber }) => versionNumber ?? 0 }),
  modelVersion: t.field({
    type: ModelVersion,
    nullable: true,
    description: `The version ${NOW}.`,
    resolve: visibleRow("ModelVersion", ({ versionId }) => versionId),
  }),
});

export const aboutExperiment = (t: EventFieldBuilder) => ({
  experimentName: t.string({
    description: "The experiment's name at the time.",
    resolve: ({ experimentName }) => experimentName ?? "",
  }),
  experiment: t.field({
    type: Experiment,
    nullable: true,
    description: `The experiment ${NOW}.`,
    resolve: visibleRow("Experiment", ({ experimentId }) => experimentId),
  }),
});

export const aboutRun = (t: EventFieldBuilder) => ({
  runId: t.string({ description: "The run's own id.", resolve: ({ subjectId }) => subjectId }),
  experimentName: t.string({
    description: "The name of the run's experiment at the time.",
    resolve: ({ experimentName }) => experimentName ?? "",
  }),
  run: t.field({
    type: Run,
    nullable: true,
    description: `The run ${NOW}.`,
    resolve: visibleRow("Run", ({ subjectId }) => subjectId),
  }),
});

export const aboutLoggedModel = (t: EventFieldBuilder) => ({
  loggedModelId: t.string({ description: "The logged model's own id.", resolve: ({ subjectId }) => subjectId }),
  experimentName: t.string({
    description: "The name of the logged model's experiment at the time.",
    resolve: ({ experimentName }) => experimentName ?? "",
  }),
  loggedModel: t.field({
    type: LoggedModel,
    nullable: true,
    description: `The logged model ${NOW}.`,
    resolve: visibleRow("LoggedModel", ({ subjectId }) => subjectId),
  }),
});

export const aboutDataset = (t: EventFieldBuilder) => ({
  dataset: t.field({
    type: Dataset,
    nullable: true,
    description: `The dataset ${NOW}.`,
    resolve: visibleRow("Dataset", ({ subjectId }) => subjectId),
  }),
});

export const tagSet = (t: EventFieldBuilder) => ({
  key: t.string({
    description: "The tag's key.",
    resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).after, "key") ?? "",
  }),
  value: t.string({
    description: "The new value.",
    resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).after, "value") ?? "",
  }),
  previousValue: t.string({
    nullable: true,
    description: "The previous value; null if there was none.",
    resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).before, "value"),
  }),
});

export const tagDeleted = (t: EventFieldBuilder) => ({
  key: t.string({
    description: "The tag's key.",
    resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).before, "key") ?? "",
  }),
  previousValue: t.string({
    description: "The value before the tag was deleted.",
    resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).before, "value") ?? "",
  }),
});

export const changedFields = (t: EventFieldBuilder) => ({
  changed: t.stringList({
    description: "The names of the fields that changed.",
    resolve: changedKeys,
  }),
});

export const namedText = (t: EventFieldBuilder, key: string, description: string) =>
  t.string({
    nullable: true,
    description,
    resolve: (event, _args, { viewer }) =>
      textOf(snapshotsOf(event, viewer).after, key) ?? textOf(snapshotsOf(event, viewer).before, key),
  });
