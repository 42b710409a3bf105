import { authorOf } from "../../domain/access/author.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { AlreadyExistsError, NotFoundError } from "../../domain/errors.js";
import { type ArtifactLayout, runArtifacts } from "../../domain/tracking/artifact-address.js";
import { parseExperimentName } from "../../domain/tracking/experiment.js";
import { type ParamInput, parseParams } from "../../domain/tracking/param.js";
import { endOfRun, parseRunId, type RunStatus, requireOver } from "../../domain/tracking/run.js";
import type { JsonObject } from "../../domain/values/json.js";
import { always, type MeaningOf, moment, optional, UNCOMPARED, unordered } from "../../domain/values/meaning.js";
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
import { withIdempotencyKey } from "../idempotency.js";
import { insertExperiment } from "./insert-experiment.js";
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

/**
 * Creates a run of an experiment, and with `createExperiment` the experiment too. Returns the run's id.
 *
 * Errors: FORBIDDEN, also if the token does not cover the experiment that is to be created; INVALID_INPUT; NOT_FOUND (the
 * experiment or the parent); ALREADY_EXISTS if a run has the id; CONFLICT if the idempotency key was used with other input.
 */
export async function createRun(context: CommandContext, input: CreateRunInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.createRun], "createRun");
  const run = parseRun(input);
  return context.transact(async (work) => {
    const experiment = await experimentFor(work, input);
    const times = { startedAt: toText(run.startedAt), endedAt: toText(run.endedAt) };
    const call = {
      mutation: "createRun",
      input,
      meaning: meaningOfRun(experiment.id, run),
      version1: { ...run, ...times, experiment: experiment.id } as unknown as JsonObject,
    };
    return withIdempotencyKey(work, call, () => insertRun(work, { experiment, artifacts: context.artifacts }, run));
  });
}

function meaningOfRun(experimentId: string, run: NewRun): MeaningOf<CreateRunInput> {
  return {
    experiment: always(experimentId),
    // the experiment exists by now, whoever created it
    createExperiment: UNCOMPARED,
    runId: optional(run.id),
    name: optional(run.fields.name),
    user: optional(run.fields.user),
    source: optional(run.fields.source),
    gitCommit: optional(run.fields.gitCommit),
    status: always(run.status),
    startedAt: moment(run.startedAt),
    endedAt: moment(run.endedAt),
    parent: optional(run.parentId),
    params: unordered(run.params),
    tags: unordered(run.tags),
  };
}

function parseRun(input: CreateRunInput): NewRun {
  const run = {
    params: parseParams("input.params", input.params ?? []),
    id: typeof input.runId === "string" ? parseRunId("input.runId", input.runId) : null,
    fields: parseRunFields(input),
    status: input.status ?? "RUNNING",
    startedAt: parseRunTime("startedAt", input.startedAt),
    endedAt: parseRunTime("endedAt", input.endedAt),
    parentId: input.parent ?? null,
    tags: parseTags("input.tags", input.tags ?? [], TRACKING_TAG_VALUE_MAX),
  };
  requireOver(run.status, run.endedAt);
  return run;
}

const toText = (time: Date | null) => time?.toISOString() ?? null;

async function experimentFor(
  work: Work,
  { experiment: ref, createExperiment }: CreateRunInput,
): Promise<LockedExperiment> {
  if (!createExperiment || !("name" in ref)) return lockExperiment(work, ref, "SHARE");
  requireCoveredExperiment(work.viewer, ref.name, COMMAND_SCOPE.createRun);
  const existing = await findAndLockExperiment(work, ref, "SHARE");
  if (existing) return existing;
  const name = parseExperimentName("input.experiment.name", ref.name);
  await insertExperiment(work, { name });
  return lockExperiment(work, { name }, "SHARE");
}

interface RunPlace {
  readonly experiment: LockedExperiment;
  readonly artifacts: ArtifactLayout;
}

async function insertRun(work: Work, { experiment, artifacts }: RunPlace, run: NewRun): Promise<{ id: string }> {
  const id = run.id ?? work.newId().replaceAll("-", "");
  const { fields, status, parentId, params, tags } = run;
  if (parentId !== null) await requireParent(work, parentId);
  const startedAt = run.startedAt ?? work.at;
  const artifactUri = runArtifacts(artifacts, experiment, id);
  const endedAt = endOfRun({ status, startedAt, given: run.endedAt, known: null, now: work.at });
  const { count } = await work.tx.run.createMany({
    data: [
      {
        ...fields,
        ...actorColumns(work.viewer),
        id,
        experimentId: experiment.id,
        status,
        startedAt,
        endedAt,
        parentId,
        artifactUri,
        createdAt: work.at,
        updatedAt: work.at,
      },
    ],
    skipDuplicates: true,
  });
  if (count === 0) throw new AlreadyExistsError(`A run with the id "${id}" already exists.`, { field: "input.runId" });
  const author = authorOf(work.viewer);
  await logParams(work.tx, { noun: "Run", id }, { params, author });
  await writeTags(work.tx, { noun: "Run", id }, { tags, author });
  work.emit({
    ...aboutRun({ id, experimentId: experiment.id, experimentName: experiment.name }),
    type: "run.created",
    after: {
      ...(fields as JsonObject),
      status,
      startedAt: toText(startedAt),
      endedAt: toText(endedAt),
      parentId,
      artifactUri,
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
