import { TEAM_SCHEMES } from "../../domain/values/source-schemes.js";
import { parseOptional } from "../../domain/values/text.js";
import { createModelVersion } from "../../registry/versions/create-model-version.js";
import { deleteModelVersion } from "../../registry/versions/delete-model-version.js";
import { restoreModelVersion } from "../../registry/versions/restore-model-version.js";
import { updateModelVersion } from "../../registry/versions/update-model-version.js";
import { builder } from "../kit/builder.js";
import { parseId, parseLoggedModelReference, toRunId } from "../kit/ids.js";
import { deletedPayload, IDEMPOTENCY_KEY, nounPayload } from "../kit/mutations.js";
import { TagInput } from "../kit/tag.js";
import { ModelRef, toModelRef } from "../models/model-ref.js";
import { orCleared, orKept } from "../plugins/descriptions.js";
import { VERSION_FIELD } from "./model-version.js";
import { ModelVersionRef, toVersionRef } from "./model-version-ref.js";
import { ModelVersionStatus } from "./model-version-status.js";

const CreateModelVersionPayload = nounPayload(
  "CreateModelVersionPayload",
  "The new version. For a repeated idempotency key, the version that the first request created.",
  VERSION_FIELD,
);
const UpdateModelVersionPayload = nounPayload("UpdateModelVersionPayload", "The version as it is now.", VERSION_FIELD);
const RestoreModelVersionPayload = nounPayload("RestoreModelVersionPayload", "The restored version.", VERSION_FIELD);
const DeleteModelVersionPayload = deletedPayload("DeleteModelVersionPayload", "ModelVersion", "restoreModelVersion");

builder.mutationFields((t) => ({
  createModelVersion: t.fieldWithInput({
    type: CreateModelVersionPayload,
    description:
      "Registers the next version of a model. Numbers rise by one without gaps, also under concurrent writers. Requires `models:write`, and `aliases:write` if aliases are given.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      createModel: t.input.boolean({
        defaultValue: false,
        description: "Whether to register the model by its name if it does not exist.",
      }),
      source: t.input.string({
        description: `The URI of the artifacts (RFC 3986), with its blanks percent-encoded. Its scheme is ${TEAM_SCHEMES.join(", ")} (in local mode also file), unless the server has other ones set (SHELFMARK_SOURCE_SCHEMES); it is stored in lower case. It has a bucket or host where the scheme needs one, and no user information, no signed query and no \`..\`. Required unless the status is PENDING_REGISTRATION.`,
      }),
      description: t.input.string({ description: "What is special about this version, in Markdown." }),
      digest: t.input.string({ description: "The SHA-256 of the artifacts, `sha256:<64 hex>`." }),
      signature: t.input.field({
        type: "JSON",
        description: "The model's input and output schema: a JSON object or list, at most 1 MB.",
      }),
      flavors: t.input.field({
        type: "JSON",
        description: "The ways to load the model, by framework: a JSON object or list, at most 1 MB.",
      }),
      run: t.input.id({
        description:
          "The run that produced the version, by its own id or its global id. The run may be finished. Requires `runs:write`, because the version becomes an output of the run.",
      }),
      loggedModel: t.input.id({
        description:
          "The logged model that the version is registered from, by its own id or its global id. Without `run`, the run that made it made the version too. Requires `runs:write`.",
      }),
      tags: t.input.field({ type: [TagInput], description: "Tags to set, at most 100." }),
      aliases: t.input.stringList({ description: "Aliases to point to this version. Existing aliases move." }),
      status: t.input.field({
        type: ModelVersionStatus,
        defaultValue: "READY",
        description: "Whether the artifacts are available.",
      }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      createModelVersion(commands, {
        ...input,
        run: toRunId("input.run", input.run),
        loggedModel: parseOptional(input.loggedModel, (text) => parseLoggedModelReference("input.loggedModel", text)),
        model: toModelRef("input.model", input.model),
      }),
  }),
  updateModelVersion: t.fieldWithInput({
    type: UpdateModelVersionPayload,
    description:
      "Changes a version. An absent field stays as it is; null clears it. `source`, `digest`, `signature`, `flavors` and `run` can change only while the status is PENDING_REGISTRATION. READY is final. Requires `models:write`.",
    input: {
      version: t.input.field({ type: ModelVersionRef, required: true, description: "Which version." }),
      description: t.input.string({ description: orCleared("What is special about this version, in Markdown.") }),
      status: t.input.field({ type: ModelVersionStatus, description: orKept("Whether the artifacts are available.") }),
      statusMessage: t.input.string({ description: orCleared("Why the registration is pending or failed.") }),
      source: t.input.string({
        description: orCleared("The URI of the artifacts. The rules are those of `createModelVersion`."),
      }),
      digest: t.input.string({ description: orCleared("The SHA-256 of the artifacts, `sha256:<64 hex>`.") }),
      signature: t.input.field({
        type: "JSON",
        description: orCleared("The model's input and output schema: a JSON object or list, at most 1 MB."),
      }),
      flavors: t.input.field({
        type: "JSON",
        description: orCleared("The ways to load the model, by framework: a JSON object or list, at most 1 MB."),
      }),
      run: t.input.id({ description: orCleared("The run that produced the version. Requires `runs:write`.") }),
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
      "Deletes a version. Its number is never used again. `IN_USE` while the version is in STAGING or PRODUCTION or an alias points to it, unless `force` is set. Requires `models:delete`.",
    input: {
      version: t.input.field({ type: ModelVersionRef, required: true, description: "Which version." }),
      force: t.input.boolean({
        defaultValue: false,
        description:
          "Whether to move the version to ARCHIVED and delete its aliases first. Each step is an event of its own and requires its own scope.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteModelVersion(commands, { ...input, version: toVersionRef("input.version", input.version) }),
  }),
  restoreModelVersion: t.fieldWithInput({
    type: RestoreModelVersionPayload,
    description:
      "Restores a deleted version, in the stage in which it was deleted: NONE or ARCHIVED. Requires `models:delete`.",
    input: { id: t.input.id({ required: true, description: "The global id of the deleted version." }) },
    resolve: (_root, { input }, { commands }) =>
      restoreModelVersion(commands, { id: parseId("input.id", input.id, "ModelVersion") }),
  }),
}));
