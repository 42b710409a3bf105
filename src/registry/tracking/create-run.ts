import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { AlreadyExistsError, InvalidInputError, NotFoundError } from "../../domain/errors.js";
import { parseExperimentName } from "../../domain/tracking/experiment.js";
import { BATCH_PARAMS_MAX } from "../../domain/tracking/metric.js";
import { IS_OVER, parseRunId, type RunStatus } from "../../domain/tracking/run.js";
import type { JsonObject } from "../../domain/values/json.js";
import { requireAtMost } from "../../domain/values/list.js";
import { parseTags, type TagInput, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import { visibleRun } from "../../store/access/visibility.js";
import { writeTags } from "../../store/across/tags.js";
import { logParams } from "../../store/tracking/log-params.js";
import type { LockedExperiment } from "../../store/tracking/tracking-locks.js";
import {
  aboutRun,
  type ExperimentRef,
  findAndLockExperiment,
  lockExperiment,
  requireCoveredExperiment,
} from "../across/tracking-lookup.js";
import { actorColumns, type CommandContext, requireScopes, type Work } from "../command.js";
import { answerOnce } from "../idempotency.js";
import { insertExperiment } from "./create-experiment.js";
import { type ParamInput, parseParams } from "./log-batch.js";
import { parseRunFields, parseRunTime, type RunFields, type RunFieldsInput } from "./run-fields.js";

export interface CreateRunInput extends RunFieldsInput {
  readonly experiment: ExperimentRef;
  readonly createExperiment?: boolean | null | undefined;
  readonly runId?: string | null | undefined;
  readonly status?: RunStatus | null | undefined;
  readonly parent?: string | null | undefined;
  readonly params?: readonly ParamInput[] | null | undefined;
  readonly tags?: readonly TagInput[] | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

interface NewRun {
  readonly id: string | null;
  readonly fields: RunFields;
  readonly status: RunStatus;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly parentId: string | null;
  readonly params: readonly ParamInput[];
  readonly tags: readonly TagInput[];
}

/** Creates a run of an experiment, with what is known of it already. */
export async function createRun(context: CommandContext, input: CreateRunInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.createRun], "createRun");
  requireAtMost("input.params", input.params ?? [], BATCH_PARAMS_MAX);
  const run: NewRun = {
    id: typeof input.runId === "string" ? parseRunId("input.runId", input.runId) : null,
    fields: parseRunFields(input),
    status: input.status ?? "RUNNING",
    startedAt: parseRunTime("startedAt", input.startedAt),
    endedAt: parseRunTime("endedAt", input.endedAt),
    parentId: input.parent ?? null,
    params: parseParams(input.params ?? []),
    tags: parseTags("input.tags", input.tags ?? [], TRACKING_TAG_VALUE_MAX),
  };
  if (run.endedAt && !IS_OVER[run.status]) {
    throw new InvalidInputError(
      "input.endedAt",
      `input.endedAt goes with a run that is over; this one is ${run.status}.`,
    );
  }
  return context.transact(async (work) => {
    const experiment = await experimentFor(work, input);
    const resolved = {
      ...run,
      startedAt: toText(run.startedAt),
      endedAt: toText(run.endedAt),
      experiment: experiment.id,
    };
    const once = { mutation: "createRun", key: input.idempotencyKey, input: resolved as unknown as JsonObject };
    return answerOnce(work, once, () => insertRun(work, experiment, run));
  });
}

const toText = (time: Date | null) => time?.toISOString() ?? null;

async function experimentFor(
  work: Work,
  { experiment: ref, createExperiment }: CreateRunInput,
): Promise<LockedExperiment> {
  if (!createExperiment || !("name" in ref)) return lockExperiment(work, ref, "SHARE");
  const name = parseExperimentName("input.experiment.name", ref.name);
  requireCoveredExperiment(work.viewer, name, COMMAND_SCOPE.createRun);
  const existing = await findAndLockExperiment(work, { name }, "SHARE");
  if (existing) return existing;
  await insertExperiment(work, { name, description: null, tags: [] });
  return lockExperiment(work, { name }, "SHARE");
}

async function insertRun(work: Work, experiment: LockedExperiment, run: NewRun): Promise<{ id: string }> {
  const id = run.id ?? work.newId().replaceAll("-", "");
  const { fields, status, parentId, params, tags } = run;
  if (parentId !== null) await requireParent(work, parentId);
  const startedAt = run.startedAt ?? work.at;
  const endedAt = run.endedAt ?? (IS_OVER[status] ? new Date(Math.max(work.at.getTime(), startedAt.getTime())) : null);
  if (endedAt && endedAt < startedAt) {
    throw new InvalidInputError("input.endedAt", "input.endedAt must not be before input.startedAt.");
  }
  const known = { ...fields, status, startedAt, endedAt, parentId };
  const { count } = await work.tx.run.createMany({
    data: [
      {
        id,
        experimentId: experiment.id,
        ...known,
        createdAt: work.at,
        updatedAt: work.at,
        ...actorColumns(work.viewer),
      },
    ],
    skipDuplicates: true,
  });
  if (count === 0) throw new AlreadyExistsError(`A run with the id "${id}" exists already.`, { field: "input.runId" });
  await logParams(work.tx, id, params);
  await writeTags(work.tx, { noun: "Run", id }, tags);
  work.emit({
    ...aboutRun({ id, experimentId: experiment.id, experimentName: experiment.name }),
    type: "run.created",
    after: {
      ...(fields as JsonObject),
      status,
      startedAt: toText(startedAt),
      endedAt: toText(endedAt),
      parentId,
      params,
      tags,
    },
  });
  return { id };
}

async function requireParent(work: Work, id: string): Promise<void> {
  const parent = await work.tx.run.findFirst({
    where: { AND: [{ id }, visibleRun(work.viewer)] },
    select: { id: true },
  });
  if (!parent) throw new NotFoundError("The run of input.parent was not found.", { field: "input.parent" });
}
