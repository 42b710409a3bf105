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
import { MODEL_FIELD, Model } from "./model.js";
import { ModelRef, toModelRef } from "./model-ref.js";

const RegisterModelPayload = builder.objectRef<{ id: string; created: boolean }>("RegisterModelPayload").implement({
  description: "The model of the name.",
  fields: (t) => ({
    model: t.field({
      type: Model,
      nullable: true,
      description: "The model.",
      resolve: visibleRow("Model", ({ id }) => id),
    }),
    created: t.exposeBoolean("created", { description: "False if the model existed already." }),
  }),
});

const UpdateModelPayload = nounPayload("UpdateModelPayload", "The model as it is now.", MODEL_FIELD);
const RenameModelPayload = nounPayload("RenameModelPayload", "The model under its new name.", MODEL_FIELD);
const RestoreModelPayload = nounPayload("RestoreModelPayload", "The model, back among the living.", MODEL_FIELD);
const DeleteModelPayload = deletedPayload("DeleteModelPayload", "Model", "restoreModel");

builder.mutationFields((t) => ({
  registerModel: t.fieldWithInput({
    type: RegisterModelPayload,
    description: "Registers a model. Asks for `models:write`, and for a name that the token's `models` claim covers.",
    input: {
      name: t.input.string({
        required: true,
        description:
          "The name: non-blank NFC text of at most 256 characters without `/`, `:` or control characters, without blanks at its ends or a leading `-`.",
      }),
      description: t.input.string({ description: "What the model is for, in Markdown." }),
      tags: t.input.field({ type: [TagInput], description: "Tags to set, at most 100." }),
      ifExists: t.input.field({
        type: IfExists,
        defaultValue: "FAIL",
        description: "What to do when the name is taken.",
      }),
    },
    resolve: (_root, { input }, { commands }) => registerModel(commands, input),
  }),
  updateModel: t.fieldWithInput({
    type: UpdateModelPayload,
    description: "Changes what is said of a model. Absent = leave, null = clear. Asks for `models:write`.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      description: t.input.string({ description: "What the model is for, in Markdown." }),
    },
    resolve: (_root, { input }, { commands }) =>
      updateModel(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
  renameModel: t.fieldWithInput({
    type: RenameModelPayload,
    description: "Gives a model another name. Asks for `models:write`; the token must cover both names.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      newName: t.input.string({ required: true, description: "The new name, by the rules of `registerModel`." }),
    },
    resolve: (_root, { input }, { commands }) =>
      renameModel(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
  deleteModel: t.fieldWithInput({
    type: DeleteModelPayload,
    description:
      "Deletes a model with its versions; its name becomes free. `IN_USE` while a version stands on STAGING or PRODUCTION or an alias is set, unless forced. Asks for `models:delete`.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      force: t.input.boolean({
        defaultValue: false,
        description:
          "Archive serving versions and remove aliases first, each as its own event and with the scopes that it asks for.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteModel(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
  restoreModel: t.fieldWithInput({
    type: RestoreModelPayload,
    description: "Brings a deleted model back with its versions. Asks for `models:delete`.",
    input: {
      id: t.input.id({ required: true, description: "The deleted model's global id." }),
      name: t.input.string({ description: "Another name, if the old one is taken by now." }),
    },
    resolve: (_root, { input }, { commands }) =>
      restoreModel(commands, { ...input, id: parseId("input.id", input.id, "Model") }),
  }),
}));
