import { createExperiment } from "../../registry/tracking/create-experiment.js";
import { deleteExperiment } from "../../registry/tracking/delete-experiment.js";
import { restoreExperiment } from "../../registry/tracking/restore-experiment.js";
import { updateExperiment } from "../../registry/tracking/update-experiment.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";
import { deletedPayload, IfExists, nounPayload } from "../kit/mutations.js";
import { TagInput } from "../kit/tag.js";
import { visibleRow } from "../kit/visible-rows.js";
import { EXPERIMENT_FIELD, Experiment } from "./experiment.js";
import { ExperimentRef, toExperimentRef } from "./tracking-refs.js";

const CreateExperimentPayload = builder
  .objectRef<{ id: string; created: boolean }>("CreateExperimentPayload")
  .implement({
    description: "The experiment of the name.",
    fields: (t) => ({
      experiment: t.field({
        type: Experiment,
        nullable: true,
        description: "The experiment.",
        resolve: visibleRow("Experiment", ({ id }) => id),
      }),
      created: t.exposeBoolean("created", { description: "False if the experiment existed already." }),
    }),
  });

const UpdateExperimentPayload = nounPayload(
  "UpdateExperimentPayload",
  "The experiment as it is now.",
  EXPERIMENT_FIELD,
);
const RestoreExperimentPayload = nounPayload(
  "RestoreExperimentPayload",
  "The experiment, back with its runs.",
  EXPERIMENT_FIELD,
);
const DeleteExperimentPayload = deletedPayload("DeleteExperimentPayload", "Experiment", "restoreExperiment");

builder.mutationFields((t) => ({
  createExperiment: t.fieldWithInput({
    type: CreateExperimentPayload,
    description:
      "Creates an experiment. Asks for `runs:write`, and for a name that the token's `experiments` claim covers.",
    input: {
      name: t.input.string({
        required: true,
        description: "The name: one line of NFC text of at most 500 characters, without blanks at its ends.",
      }),
      description: t.input.string({ description: "What is being tried, in Markdown." }),
      tags: t.input.field({ type: [TagInput], description: "Tags to set, at most 100." }),
      ifExists: t.input.field({
        type: IfExists,
        defaultValue: "FAIL",
        description: "What to do when the name is taken.",
      }),
    },
    resolve: (_root, { input }, { commands }) => createExperiment(commands, input),
  }),
  updateExperiment: t.fieldWithInput({
    type: UpdateExperimentPayload,
    description: "Renames or describes an experiment. Absent = leave, null = clear. Asks for `runs:write`.",
    input: {
      experiment: t.input.field({ type: ExperimentRef, required: true, description: "Which experiment." }),
      name: t.input.string({ description: "Another name. The token must cover both." }),
      description: t.input.string({ description: "What is being tried, in Markdown." }),
    },
    resolve: (_root, { input }, { commands }) =>
      updateExperiment(commands, { ...input, experiment: toExperimentRef("input.experiment", input.experiment) }),
  }),
  deleteExperiment: t.fieldWithInput({
    type: DeleteExperimentPayload,
    description:
      "Deletes an experiment with its runs; its name becomes free. `IN_USE` while something living came of one of its runs, unless forced. Asks for `runs:write`.",
    input: {
      experiment: t.input.field({ type: ExperimentRef, required: true, description: "Which experiment." }),
      force: t.input.boolean({ defaultValue: false, description: "Delete it all the same." }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteExperiment(commands, { ...input, experiment: toExperimentRef("input.experiment", input.experiment) }),
  }),
  restoreExperiment: t.fieldWithInput({
    type: RestoreExperimentPayload,
    description: "Brings a deleted experiment back with its runs. Asks for `runs:write`.",
    input: {
      id: t.input.id({ required: true, description: "The deleted experiment's global id." }),
      name: t.input.string({ description: "Another name, if the old one is taken by now." }),
    },
    resolve: (_root, { input }, { commands }) =>
      restoreExperiment(commands, { ...input, id: parseId("input.id", input.id, "Experiment") }),
  }),
}));
