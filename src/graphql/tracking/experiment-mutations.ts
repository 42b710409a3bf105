import { createExperiment } from "../../registry/tracking/create-experiment.js";
import { deleteExperiment } from "../../registry/tracking/delete-experiment.js";
import { restoreExperiment } from "../../registry/tracking/restore-experiment.js";
import { updateExperiment } from "../../registry/tracking/update-experiment.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";
import { deletedPayload, IfExists, nounPayload } from "../kit/mutations.js";
import { TagInput } from "../kit/tag.js";
import { visibleRow } from "../kit/visible-rows.js";
import { orCleared, orKept } from "../plugins/descriptions.js";
import { EXPERIMENT_FIELD, Experiment } from "./experiment.js";
import { ExperimentRef, toExperimentRef } from "./tracking-refs.js";

const CreateExperimentPayload = builder
  .objectRef<{ id: string; created: boolean }>("CreateExperimentPayload")
  .implement({
    description: "The experiment with the name.",
    fields: (t) => ({
      experiment: t.field({
        type: Experiment,
        nullable: true,
        description: "The experiment.",
        resolve: visibleRow("Experiment", ({ id }) => id),
      }),
      created: t.exposeBoolean("created", { description: "False if the experiment already existed." }),
    }),
  });

const UpdateExperimentPayload = nounPayload(
  "UpdateExperimentPayload",
  "The experiment as it is now.",
  EXPERIMENT_FIELD,
);
const RestoreExperimentPayload = nounPayload(
  "RestoreExperimentPayload",
  "The restored experiment, with its runs.",
  EXPERIMENT_FIELD,
);
const DeleteExperimentPayload = deletedPayload("DeleteExperimentPayload", "Experiment", "restoreExperiment");

builder.mutationFields((t) => ({
  createExperiment: t.fieldWithInput({
    type: CreateExperimentPayload,
    description: "Creates an experiment. Requires `runs:write` and a name that the token's `experiments` claim covers.",
    input: {
      name: t.input.string({
        required: true,
        description:
          "The name: one line of at most 500 characters in Unicode normalization form C (NFC), without leading or trailing blanks and without characters that show nothing.",
      }),
      description: t.input.string({ description: "What the experiment investigates, in Markdown." }),
      artifactRoot: t.input.string({
        description:
          "The address that the addresses of its runs' artifacts begin with, outside this server. The rules are those of a version's `source`. Default: below the server's own root.",
      }),
      tags: t.input.field({ type: [TagInput], description: "Tags to set, at most 100." }),
      ifExists: t.input.field({
        type: IfExists,
        defaultValue: "FAIL",
        description: "What to do if the name is already in use.",
      }),
    },
    resolve: (_root, { input }, { commands }) => createExperiment(commands, input),
  }),
  updateExperiment: t.fieldWithInput({
    type: UpdateExperimentPayload,
    description:
      "Changes an experiment's name or description. An absent field stays as it is; null clears the description. Requires `runs:write`.",
    input: {
      experiment: t.input.field({ type: ExperimentRef, required: true, description: "Which experiment." }),
      name: t.input.string({
        description: orKept("The new name. The token's `experiments` claim must cover both names."),
      }),
      description: t.input.string({ description: orCleared("What the experiment investigates, in Markdown.") }),
    },
    resolve: (_root, { input }, { commands }) =>
      updateExperiment(commands, { ...input, experiment: toExperimentRef("input.experiment", input.experiment) }),
  }),
  deleteExperiment: t.fieldWithInput({
    type: DeleteExperimentPayload,
    description:
      "Deletes an experiment with its runs. Its name becomes free. `IN_USE` while a version or dataset that is not deleted was derived from one of its runs, unless `force` is set. Requires `runs:write`.",
    input: {
      experiment: t.input.field({ type: ExperimentRef, required: true, description: "Which experiment." }),
      force: t.input.boolean({
        defaultValue: false,
        description: "Whether to delete it although others depend on it.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteExperiment(commands, { ...input, experiment: toExperimentRef("input.experiment", input.experiment) }),
  }),
  restoreExperiment: t.fieldWithInput({
    type: RestoreExperimentPayload,
    description: "Restores a deleted experiment with its runs. Requires `runs:write`.",
    input: {
      id: t.input.id({ required: true, description: "The global id of the deleted experiment." }),
      name: t.input.string({ description: "A new name, for the case that the old one is in use by now." }),
    },
    resolve: (_root, { input }, { commands }) =>
      restoreExperiment(commands, { ...input, id: parseId("input.id", input.id, "Experiment") }),
  }),
}));
