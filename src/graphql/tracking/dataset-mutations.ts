import { deleteDataset } from "../../registry/tracking/delete-dataset.js";
import { registerDataset } from "../../registry/tracking/register-dataset.js";
import { restoreDataset } from "../../registry/tracking/restore-dataset.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";
import { deletedPayload, IfExists, nounPayload } from "../kit/mutations.js";
import { TagInput } from "../kit/tag.js";
import { visibleRow } from "../kit/visible-rows.js";
import { DATASET_FIELD, Dataset } from "./dataset.js";
import { DATASET_TEXTS } from "./dataset-input.js";
import { DatasetRef, toDatasetRef } from "./tracking-refs.js";

const RegisterDatasetPayload = builder.objectRef<{ id: string; created: boolean }>("RegisterDatasetPayload").implement({
  description: "The dataset with the name and digest.",
  fields: (t) => ({
    dataset: t.field({
      type: Dataset,
      nullable: true,
      description: "The dataset.",
      resolve: visibleRow("Dataset", ({ id }) => id),
    }),
    created: t.exposeBoolean("created", { description: "False if the dataset already existed." }),
  }),
});

const RestoreDatasetPayload = nounPayload("RestoreDatasetPayload", "The restored dataset.", DATASET_FIELD);
const DeleteDatasetPayload = deletedPayload("DeleteDatasetPayload", "Dataset", "restoreDataset");

builder.mutationFields((t) => ({
  registerDataset: t.fieldWithInput({
    type: RegisterDatasetPayload,
    description:
      "Registers a dataset by name and digest. `logInputs` and `logOutputs` register new datasets too. Requires `runs:write`.",
    input: {
      name: t.input.string({ required: true, description: DATASET_TEXTS.name }),
      digest: t.input.string({ required: true, description: DATASET_TEXTS.digest }),
      sourceType: t.input.string({ description: DATASET_TEXTS.sourceType }),
      source: t.input.string({ description: DATASET_TEXTS.source }),
      schema: t.input.field({ type: "JSON", description: DATASET_TEXTS.schema }),
      profile: t.input.field({ type: "JSON", description: DATASET_TEXTS.profile }),
      tags: t.input.field({
        type: [TagInput],
        description: "Tags to set, at most 100, with values of at most 8 000 characters.",
      }),
      ifExists: t.input.field({
        type: IfExists,
        defaultValue: "FAIL",
        description: "What to do if a dataset with this name and digest exists.",
      }),
    },
    resolve: (_root, { input }, { commands }) => registerDataset(commands, input),
  }),
  deleteDataset: t.fieldWithInput({
    type: DeleteDatasetPayload,
    description:
      "Deletes a dataset. `IN_USE` while a run or version that is not deleted depends on it, unless `force` is set. Requires `runs:write`.",
    input: {
      dataset: t.input.field({ type: DatasetRef, required: true, description: "Which dataset." }),
      force: t.input.boolean({
        defaultValue: false,
        description: "Whether to delete it although others depend on it.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteDataset(commands, { ...input, dataset: toDatasetRef("input.dataset", input.dataset) }),
  }),
  restoreDataset: t.fieldWithInput({
    type: RestoreDatasetPayload,
    description:
      "Restores a deleted dataset, unless another dataset has its name and digest by now. Requires `runs:write`.",
    input: { id: t.input.id({ required: true, description: "The global id of the deleted dataset." }) },
    resolve: (_root, { input }, { commands }) =>
      restoreDataset(commands, { id: parseId("input.id", input.id, "Dataset") }),
  }),
}));
