import { createModelVersion } from "../../registry/versions/create-model-version.js";
import { deleteModelVersion } from "../../registry/versions/delete-model-version.js";
import { restoreModelVersion } from "../../registry/versions/restore-model-version.js";
import { updateModelVersion } from "../../registry/versions/update-model-version.js";
import { builder } from "../kit/builder.js";
import { parseId, toRunId } from "../kit/ids.js";
import { deletedPayload, IDEMPOTENCY_KEY, nounPayload } from "../kit/mutations.js";
import { TagInput } from "../kit/tag.js";
import { ModelRef, toModelRef } from "../models/model-ref.js";
import { VERSION_FIELD } from "./model-version.js";
import { ModelVersionRef, toVersionRef } from "./model-version-ref.js";
import { ModelVersionStatus } from "./model-version-status.js";

const CreateModelVersionPayload = nounPayload(
  "CreateModelVersionPayload",
  "The new version; under a repeated idempotency key, the one of the first answer.",
  VERSION_FIELD,
);
const UpdateModelVersionPayload = nounPayload("UpdateModelVersionPayload", "The version as it is now.", VERSION_FIELD);
const RestoreModelVersionPayload = nounPayload(
  "RestoreModelVersionPayload",
  "The version, back among the living.",
  VERSION_FIELD,
);
const DeleteModelVersionPayload = deletedPayload("DeleteModelVersionPayload", "ModelVersion", "restoreModelVersion");

builder.mutationFields((t) => ({
  createModelVersion: t.fieldWithInput({
    type: CreateModelVersionPayload,
    description:
      "Registers the next version of a model: numbers rise by one without gaps, however many writers there are. Asks for `models:write`, and for `aliases:write` if aliases are given.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      createModel: t.input.boolean({
        defaultValue: false,
        description: "Register the model, by its name, if it does not exist.",
      }),
      source: t.input.string({
        description:
          "Where the artifacts are: a URI of the scheme s3, gs, abfss, oci, hf, https, models, runs, mlflow-artifacts or dbfs (file in local mode), without user information, signed query or `..`. Required unless the status is PENDING_REGISTRATION.",
      }),
      description: t.input.string({ description: "What is special about this version, in Markdown." }),
      digest: t.input.string({ description: "SHA-256 of the artifacts, `sha256:<64 hex>`." }),
      signature: t.input.field({
        type: "JSON",
        description: "The model's input and output schema: a JSON object or list of at most 1 MB.",
      }),
      flavors: t.input.field({
        type: "JSON",
        description: "The ways to load the model, by framework: a JSON object or list of at most 1 MB.",
      }),
      run: t.input.id({
        description:
          "The run that made the version, by its own or its global id; it may be over by now. Asks for `runs:write`, as it tells of an output of the run.",
      }),
      tags: t.input.field({ type: [TagInput], description: "Tags to set, at most 100." }),
      aliases: t.input.stringList({ description: "Aliases to put on this version, from wherever they were." }),
      status: t.input.field({
        type: ModelVersionStatus,
        defaultValue: "READY",
        description: "Whether the artifacts are there.",
      }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      createModelVersion(commands, {
        ...input,
        run: toRunId("input.run", input.run),
        model: toModelRef("input.model", input.model),
      }),
  }),
  updateModelVersion: t.fieldWithInput({
    type: UpdateModelVersionPayload,
    description:
      "Changes what is said of a version. Absent = leave, null = clear. `source`, `digest`, `signature`, `flavors` and `run` change only while it is PENDING_REGISTRATION; READY is final. Asks for `models:write`.",
    input: {
      version: t.input.field({ type: ModelVersionRef, required: true, description: "Which version." }),
      description: t.input.string({ description: "What is special about this version, in Markdown." }),
      status: t.input.field({ type: ModelVersionStatus, description: "Whether the artifacts are there." }),
      statusMessage: t.input.string({ description: "Why the registration is pending or failed." }),
      source: t.input.string({ description: "Where the artifacts are, by the rules of `createModelVersion`." }),
      digest: t.input.string({ description: "SHA-256 of the artifacts, `sha256:<64 hex>`." }),
      signature: t.input.field({ type: "JSON", description: "The model's input and output schema." }),
      flavors: t.input.field({ type: "JSON", description: "The ways to load the model, by framework." }),
      run: t.input.id({ description: "The run that made the version. Asks for `runs:write`." }),
    },
    resolve: (_root, { input }, { commands }) =>
      updateModelVersion(commands, {
        ...input,
        run: toRunId("input.run", input.run),
        version: toVersionRef("input.version", input.version),
      }),
  }),
  deleteModelVersion: t.fieldWithInput({
    type: DeleteModelVersionPayload,
    description:
      "Deletes a version; its number is never given again. `IN_USE` while it stands on STAGING or PRODUCTION or under an alias, unless forced. Asks for `models:delete`.",
    input: {
      version: t.input.field({ type: ModelVersionRef, required: true, description: "Which version." }),
      force: t.input.boolean({
        defaultValue: false,
        description:
          "Archive it and remove its aliases first, each as its own event and with the scopes that it asks for.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteModelVersion(commands, { ...input, version: toVersionRef("input.version", input.version) }),
  }),
  restoreModelVersion: t.fieldWithInput({
    type: RestoreModelVersionPayload,
    description:
      "Brings a deleted version back to NONE or ARCHIVED, where it was deleted from. Asks for `models:delete`.",
    input: { id: t.input.id({ required: true, description: "The deleted version's global id." }) },
    resolve: (_root, { input }, { commands }) =>
      restoreModelVersion(commands, { id: parseId("input.id", input.id, "ModelVersion") }),
  }),
}));
