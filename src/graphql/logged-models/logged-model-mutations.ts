import { createLoggedModel } from "../../registry/logged-models/create-logged-model.js";
import { deleteLoggedModel } from "../../registry/logged-models/delete-logged-model.js";
import { finalizeLoggedModel } from "../../registry/logged-models/finalize-logged-model.js";
import { logLoggedModelParams } from "../../registry/logged-models/log-logged-model-params.js";
import { restoreLoggedModel } from "../../registry/logged-models/restore-logged-model.js";
import { builder } from "../kit/builder.js";
import { parseLoggedModelReference, toRunId } from "../kit/ids.js";
import { deletedPayload, IDEMPOTENCY_KEY, nounPayload } from "../kit/mutations.js";
import { TagInput } from "../kit/tag.js";
import { orKept } from "../plugins/descriptions.js";
import { ParamInput } from "../tracking/logging-mutations.js";
import { ExperimentRef, toExperimentRef } from "../tracking/tracking-refs.js";
import { LOGGED_MODEL_FIELD } from "./logged-model.js";
import { LoggedModelStatus } from "./logged-model-status.js";

const CreateLoggedModelPayload = nounPayload(
  "CreateLoggedModelPayload",
  "The new logged model. For a repeated idempotency key, the one that the first request created.",
  LOGGED_MODEL_FIELD,
);
const FinalizeLoggedModelPayload = nounPayload(
  "FinalizeLoggedModelPayload",
  "The logged model as it is now.",
  LOGGED_MODEL_FIELD,
);
const LogLoggedModelParamsPayload = nounPayload("LogLoggedModelParamsPayload", "The logged model.", LOGGED_MODEL_FIELD);
const RestoreLoggedModelPayload = nounPayload(
  "RestoreLoggedModelPayload",
  "The restored logged model.",
  LOGGED_MODEL_FIELD,
);
const DeleteLoggedModelPayload = deletedPayload("DeleteLoggedModelPayload", "LoggedModel", "restoreLoggedModel");

const WHICH = "Which logged model, by its own id or its global id.";
const toId = (text: string) => parseLoggedModelReference("input.loggedModel", text);

builder.mutationFields((t) => ({
  createLoggedModel: t.fieldWithInput({
    type: CreateLoggedModelPayload,
    description:
      "Creates a logged model in an experiment. Its artifacts are still to come: its status is PENDING. Requires `runs:write`.",
    input: {
      experiment: t.input.field({ type: ExperimentRef, required: true, description: "Which experiment." }),
      name: t.input.string({
        description:
          "A display name, at most 500 characters, without `/ : . % \" '`. Not unique. Default: made from the id.",
      }),
      modelType: t.input.string({ description: "What the artifacts are, such as `sklearn`. At most 500 characters." }),
      sourceRun: t.input.id({
        description: "The run that made it, by its own id or its global id. It has the logged model as an output.",
      }),
      params: t.input.field({ type: [ParamInput], description: "Params to write, at most 100." }),
      tags: t.input.field({
        type: [TagInput],
        description: "Tags to set, at most 100, with values of at most 8 000 characters.",
      }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      createLoggedModel(commands, {
        ...input,
        experiment: toExperimentRef("input.experiment", input.experiment),
        sourceRun: toRunId("input.sourceRun", input.sourceRun),
      }),
  }),
  finalizeLoggedModel: t.fieldWithInput({
    type: FinalizeLoggedModelPayload,
    description:
      "Says how the upload of a logged model ended. A repeated call changes nothing; an upload that failed may be tried again. Requires `runs:write`.",
    input: {
      loggedModel: t.input.id({ required: true, description: WHICH }),
      status: t.input.field({ type: LoggedModelStatus, required: true, description: "READY or UPLOAD_FAILED." }),
      statusMessage: t.input.string({ description: orKept("Details of the status, at most 5 000 characters.") }),
    },
    resolve: (_root, { input }, { commands }) =>
      finalizeLoggedModel(commands, { ...input, loggedModel: toId(input.loggedModel) }),
  }),
  logLoggedModelParams: t.fieldWithInput({
    type: LogLoggedModelParamsPayload,
    description:
      "Adds params to a logged model, all or nothing. A repeated call changes nothing. Not a registry event, as for runs. Requires `runs:write`.",
    input: {
      loggedModel: t.input.id({ required: true, description: WHICH }),
      params: t.input.field({
        type: [ParamInput],
        required: true,
        description: "Params to write, at most 100. A param that already has another value is a `CONFLICT`.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      logLoggedModelParams(commands, { ...input, loggedModel: toId(input.loggedModel) }),
  }),
  deleteLoggedModel: t.fieldWithInput({
    type: DeleteLoggedModelPayload,
    description:
      "Deletes a logged model with its params and metrics. `IN_USE` while a version or run that is not deleted was derived from it, unless `force` is set. Requires `runs:write`.",
    input: {
      loggedModel: t.input.id({ required: true, description: WHICH }),
      force: t.input.boolean({
        defaultValue: false,
        description: "Whether to delete it although others depend on it.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteLoggedModel(commands, { ...input, loggedModel: toId(input.loggedModel) }),
  }),
  restoreLoggedModel: t.fieldWithInput({
    type: RestoreLoggedModelPayload,
    description:
      "Restores a deleted logged model as it was. Its experiment must not be deleted. Requires `runs:write`.",
    input: {
      loggedModel: t.input.id({
        required: true,
        description: "The deleted logged model, by its own id or its global id.",
      }),
    },
    resolve: (_root, { input }, { commands }) => restoreLoggedModel(commands, { loggedModel: toId(input.loggedModel) }),
  }),
}));
