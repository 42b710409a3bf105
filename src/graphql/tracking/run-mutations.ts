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
import { ParamInput } from "./logging-mutations.js";
import { RUN_FIELD } from "./run.js";
import { RunStatus } from "./run-status.js";
import { ExperimentRef, toExperimentRef } from "./tracking-refs.js";

const CreateRunPayload = nounPayload(
  "CreateRunPayload",
  "The new run; under a repeated idempotency key, the one of the first answer.",
  RUN_FIELD,
);
const UpdateRunPayload = nounPayload("UpdateRunPayload", "The run as it is now.", RUN_FIELD);
const FinishRunPayload = nounPayload("FinishRunPayload", "The run, over.", RUN_FIELD);
const RestoreRunPayload = nounPayload("RestoreRunPayload", "The run, back among the living.", RUN_FIELD);
const DeleteRunPayload = deletedPayload("DeleteRunPayload", "Run", "restoreRun");

const TEXTS = {
  name: "A name for people to read, at most 500 characters.",
  user: "Who ran it, at most 256 characters.",
  source: "The code that ran: a file, a notebook, a project; at most 2 000 characters.",
  gitCommit: "The commit of the code, 7 to 64 hexadecimal digits.",
  startedAt: "When it started.",
  endedAt: "When it ended; goes with a run that is over.",
} as const;

builder.mutationFields((t) => ({
  createRun: t.fieldWithInput({
    type: CreateRunPayload,
    description: "Creates a run of an experiment. Asks for `runs:write`.",
    input: {
      experiment: t.input.field({ type: ExperimentRef, required: true, description: "Which experiment." }),
      createExperiment: t.input.boolean({
        defaultValue: false,
        description: "Create the experiment, by its name, if it does not exist.",
      }),
      runId: t.input.string({
        description:
          "An id that the client brings: `^[a-zA-Z0-9][\\w-]{0,255}$`, never used before. Absent: 32 hexadecimal digits are made.",
      }),
      name: t.input.string({ description: TEXTS.name }),
      status: t.input.field({ type: RunStatus, defaultValue: "RUNNING", description: "Where the run is in its life." }),
      startedAt: t.input.field({ type: "DateTime", description: `${TEXTS.startedAt} Absent: now.` }),
      endedAt: t.input.field({ type: "DateTime", description: `${TEXTS.endedAt} Absent: now, if it is.` }),
      user: t.input.string({ description: TEXTS.user }),
      source: t.input.string({ description: TEXTS.source }),
      gitCommit: t.input.string({ description: TEXTS.gitCommit }),
      parent: t.input.id({ description: "The run that this one is a part of." }),
      params: t.input.field({ type: [ParamInput], description: "Params to write, at most 100." }),
      tags: t.input.field({
        type: [TagInput],
        description: "Tags to set, at most 100, values of at most 8 000 characters.",
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
      "Changes what is said of a run. Absent = leave, null = clear (name, user, source, gitCommit). A run that is over goes on when its status is set to RUNNING. Asks for `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      name: t.input.string({ description: TEXTS.name }),
      status: t.input.field({ type: RunStatus, description: "Where the run is in its life." }),
      startedAt: t.input.field({ type: "DateTime", description: TEXTS.startedAt }),
      endedAt: t.input.field({ type: "DateTime", description: TEXTS.endedAt }),
      user: t.input.string({ description: TEXTS.user }),
      source: t.input.string({ description: TEXTS.source }),
      gitCommit: t.input.string({ description: TEXTS.gitCommit }),
    },
    resolve: (_root, { input }, { commands }) =>
      updateRun(commands, { ...input, run: parseRunReference("input.run", input.run) }),
  }),
  finishRun: t.fieldWithInput({
    type: FinishRunPayload,
    description:
      "Ends a run. Sent again with the same status it changes nothing; a run that ended otherwise is a `CONFLICT`. Asks for `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      status: t.input.field({
        type: RunStatus,
        defaultValue: "FINISHED",
        description: "How it ended: FINISHED, FAILED or KILLED.",
      }),
      endedAt: t.input.field({ type: "DateTime", description: `${TEXTS.endedAt} Absent: now.` }),
    },
    resolve: (_root, { input }, { commands }) =>
      finishRun(commands, { ...input, run: parseRunReference("input.run", input.run) }),
  }),
  deleteRun: t.fieldWithInput({
    type: DeleteRunPayload,
    description:
      "Deletes a run with its params and metrics. `IN_USE` while a living version or dataset came of it, unless forced. Asks for `runs:write`.",
    input: {
      run: t.input.id({ required: true, description: "Which run." }),
      force: t.input.boolean({ defaultValue: false, description: "Delete it all the same." }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteRun(commands, { ...input, run: parseRunReference("input.run", input.run) }),
  }),
  restoreRun: t.fieldWithInput({
    type: RestoreRunPayload,
    description: "Brings a deleted run of a living experiment back, as it was. Asks for `runs:write`.",
    input: { run: t.input.id({ required: true, description: "The deleted run." }) },
    resolve: (_root, { input }, { commands }) =>
      restoreRun(commands, { run: parseRunReference("input.run", input.run) }),
  }),
}));
