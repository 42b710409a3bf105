import { parseOptional } from "../../domain/values/text.js";
import { createRun } from "../../registry/tracking/create-run.js";
import { deleteRun } from "../../registry/tracking/delete-run.js";
import { finishRun } from "../../registry/tracking/finish-run.js";
import { restoreRun } from "../../registry/tracking/restore-run.js";
import { updateRun } from "../../registry/tracking/update-run.js";
import { builder } from "../kit/builder.js";
import { parseOwnRunId, parseRunReference, toRunId } from "../kit/ids.js";
import { deletedPayload, IDEMPOTENCY_KEY, nounPayload } from "../kit/mutations.js";
import { TagInput } from "../kit/tag.js";
import { orCleared, orKept } from "../plugins/descriptions.js";
import { ParamInput } from "./logging-mutations.js";
import { RUN_FIELD } from "./run.js";
import { RunStatus } from "./run-status.js";
import { ExperimentRef, toExperimentRef } from "./tracking-refs.js";

const CreateRunPayload = nounPayload(
  "CreateRunPayload",
  "The new run. For a repeated idempotency key, the run that the first request created.",
  RUN_FIELD,
);
const UpdateRunPayload = nounPayload("UpdateRunPayload", "The run as it is now.", RUN_FIELD);
const FinishRunPayload = nounPayload("FinishRunPayload", "The finished run.", RUN_FIELD);
const RestoreRunPayload = nounPayload("RestoreRunPayload", "The restored run.", RUN_FIELD);
const DeleteRunPayload = deletedPayload("DeleteRunPayload", "Run", "restoreRun");

const TEXTS = {
  name: "A display name, at most 500 characters. Not unique.",
  user: "Who ran it, at most 256 characters.",
  source: "The code that ran, such as a file, a notebook or a project. At most 2 000 characters.",
  gitCommit: "The Git commit of the code, 7 to 64 hexadecimal digits.",
  startedAt: "When the run started.",
  endedAt: "When the run ended. Only with a final status.",
} as const;

builder.mutationFields((t) => ({
  createRun: t.fieldWithInput({
    type: CreateRunPayload,
    description: "Creates a run in an experiment. Requires `runs:write`.",
    input: {
      experiment: t.input.field({ type: ExperimentRef, required: true, description: "Which experiment." }),
      createExperiment: t.input.boolean({
        defaultValue: false,
        description: "Whether to create the experiment by its name if it does not exist.",
      }),
      runId: t.input.string({
        description:
          "An id of the client's choice that was never used before: `^[a-zA-Z0-9][\\w-]{0,255}$`. Default: a new id of 32 hexadecimal digits.",
      }),
      name: t.input.string({ description: TEXTS.name }),
      status: t.input.field({ type: RunStatus, defaultValue: "RUNNING", description: "The status of the run." }),
      startedAt: t.input.field({ type: "DateTime", description: `${TEXTS.startedAt} Default: now.` }),
      endedAt: t.input.field({ type: "DateTime", description: `${TEXTS.endedAt} Default: now, for a final status.` }),
      user: t.input.string({ description: TEXTS.user }),
      source: t.input.string({ description: TEXTS.source }),
      gitCommit: t.input.string({ description: TEXTS.gitCommit }),
      parent: t.input.id({ description: "The run that this run is a part of, by its own id or its global id." }),
      params: t.input.field({ type: [ParamInput], description: "Params to write, at most 100." }),
      tags: t.input.field({
        type: [TagInput],
        description: "Tags to set, at most 100, with values of at most 8 000 characters.",
      }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      createRun(commands, {
        ...input,
        parent: toRunId("input.parent", input.parent),
        runId: parseOptional(input.runId, (text) => parseOwnRunId("input.runId", text)),
        experiment: toExperimentRef("input.experiment", input.experiment),
      }),
  }),
  updateRun: t.fieldWithInput({
    type: UpdateRunPayload,
    description:
      "Changes a run. An absent field stays as it is; null clears name, user, source and gitCommit. A finished run continues if its status is set to RUNNING. Requires `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      name: t.input.string({ description: orCleared(TEXTS.name) }),
      status: t.input.field({ type: RunStatus, description: orKept("The status of the run.") }),
      startedAt: t.input.field({ type: "DateTime", description: orKept(TEXTS.startedAt) }),
      endedAt: t.input.field({ type: "DateTime", description: orKept(TEXTS.endedAt) }),
      user: t.input.string({ description: orCleared(TEXTS.user) }),
      source: t.input.string({ description: orCleared(TEXTS.source) }),
      gitCommit: t.input.string({ description: orCleared(TEXTS.gitCommit) }),
    },
    resolve: (_root, { input }, { commands }) =>
      updateRun(commands, { ...input, run: parseRunReference("input.run", input.run) }),
  }),
  finishRun: t.fieldWithInput({
    type: FinishRunPayload,
    description:
      "Finishes a run. A repeated call with the same status changes nothing; a run that finished with another status is a `CONFLICT`. Requires `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      status: t.input.field({
        type: RunStatus,
        defaultValue: "FINISHED",
        description: "The final status: FINISHED, FAILED or KILLED.",
      }),
      endedAt: t.input.field({ type: "DateTime", description: `${TEXTS.endedAt} Default: now.` }),
    },
    resolve: (_root, { input }, { commands }) =>
      finishRun(commands, { ...input, run: parseRunReference("input.run", input.run) }),
  }),
  deleteRun: t.fieldWithInput({
    type: DeleteRunPayload,
    description:
      "Deletes a run with its params and metrics. `IN_USE` while a version or dataset that is not deleted was derived from it, unless `force` is set. Requires `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      force: t.input.boolean({
        defaultValue: false,
        description: "Whether to delete it although others depend on it.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteRun(commands, { ...input, run: parseRunReference("input.run", input.run) }),
  }),
  restoreRun: t.fieldWithInput({
    type: RestoreRunPayload,
    description: "Restores a deleted run as it was. Its experiment must not be deleted. Requires `runs:write`.",
    input: { run: t.input.id({ required: true, description: "The deleted run, by its own id or its global id." }) },
    resolve: (_root, { input }, { commands }) =>
      restoreRun(commands, { run: parseRunReference("input.run", input.run) }),
  }),
}));
