import { deleteModel } from "../../registry/models/delete-model.js";
import { registerModel } from "../../registry/models/register-model.js";
import { renameModel } from "../../registry/models/rename-model.js";
import { restoreModel } from "../../registry/models/restore-model.js";
import { updateModel } from "../../registry/models/update-model.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";
import { deletedPayload, IfExists, nounPayload } from "../kit/mutations.js";
import { TagInput } from "../kit/tag.js";
import { visibleRow } from "../kit/visible-rows.js";
import { orCleared } from "../plugins/descriptions.js";
import { MODEL_FIELD, Model } from "./model.js";
import { ModelRef, toModelRef } from "./model-ref.js";

const RegisterModelPayload = builder.objectRef<{ id: string; created: boolean }>("RegisterModelPayload").implement({
  description: "The model with the name.",
  fields: (t) => ({
    model: t.field({
      type: Model,
      nullable: true,
      description: "The model.",
      resolve: visibleRow("Model", ({ id }) => id),
    }),
    created: t.exposeBoolean("created", { description: "False if the model already existed." }),
  }),
});

const UpdateModelPayload = nounPayload("UpdateModelPayload", "The model as it is now.", MODEL_FIELD);
const RenameModelPayload = nounPayload("RenameModelPayload", "The model under its new name.", MODEL_FIELD);
const RestoreModelPayload = nounPayload("RestoreModelPayload", "The restored model.", MODEL_FIELD);
const DeleteModelPayload = deletedPayload("DeleteModelPayload", "Model", "restoreModel");

builder.mutationFields((t) => ({
  registerModel: t.fieldWithInput({
    type: RegisterModelPayload,
    description: "Registers a model. Requires `models:write` and a name that the token's `models` claim covers.",
    input: {
      name: t.input.string({
        required: true,
        description:
          "The name: 1 to 256 characters in Unicode normalization form C (NFC). It has no `/`, `:`, control characters or characters that show nothing, no leading or trailing blanks and no leading `-`.",
      }),
      description: t.input.string({ description: "What the model is for, in Markdown." }),
      tags: t.input.field({ type: [TagInput], description: "Tags to set, at most 100." }),
      ifExists: t.input.field({
        type: IfExists,
        defaultValue: "FAIL",
        description: "What to do if the name is already in use.",
      }),
    },
    resolve: (_root, { input }, { commands }) => registerModel(commands, input),
  }),
  updateModel: t.fieldWithInput({
    type: UpdateModelPayload,
    description:
      "Changes a model's description. An absent field stays as it is; null clears it. Requires `models:write`.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      description: t.input.string({ description: orCleared("What the model is for, in Markdown.") }),
    },
    resolve: (_root, { input }, { commands }) =>
      updateModel(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
  renameModel: t.fieldWithInput({
    type: RenameModelPayload,
    description: "Renames a model. Requires `models:write` and a `models` claim that covers both names.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      newName: t.input.string({ required: true, description: "The new name. The rules are those of `registerModel`." }),
    },
    resolve: (_root, { input }, { commands }) =>
      renameModel(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
  deleteModel: t.fieldWithInput({
    type: DeleteModelPayload,
    description:
      "Deletes a model with its versions. Its name becomes free. `IN_USE` while a version is in STAGING or PRODUCTION or an alias is set, unless `force` is set. Requires `models:delete`.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      force: t.input.boolean({
        defaultValue: false,
        description:
          "Whether to move versions in STAGING and PRODUCTION to ARCHIVED and delete the aliases first. Each step is an event of its own and requires its own scope.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteModel(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
  restoreModel: t.fieldWithInput({
    type: RestoreModelPayload,
    description: "Restores a deleted model with its versions. Requires `models:delete`.",
    input: {
      id: t.input.id({ required: true, description: "The global id of the deleted model." }),
      name: t.input.string({ description: "A new name, for the case that the old one is in use by now." }),
    },
    resolve: (_root, { input }, { commands }) =>
      restoreModel(commands, { ...input, id: parseId("input.id", input.id, "Model") }),
  }),
}));
