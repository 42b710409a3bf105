import { authorOf } from "../../domain/access/author.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import {
  parseLoggedModelName,
  parseModelType,
  requireFreeTags,
  toLoggedModelId,
} from "../../domain/logged-models/logged-model.js";
import { type ArtifactLayout, loggedModelArtifacts } from "../../domain/tracking/artifact-address.js";
import { type ParamInput, parseParams } from "../../domain/tracking/param.js";
import { always, type MeaningOf, optional, unordered } from "../../domain/values/meaning.js";
import { parseTags, type TagInput, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import { parseOptional } from "../../domain/values/text.js";
import { writeTags } from "../../store/across/tags.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import { logParams } from "../../store/tracking/log-params.js";
import type { LockedExperiment } from "../../store/tracking/tracking-locks.js";
import { aboutLoggedModel } from "../across/logged-model-lookup.js";
import { type ExperimentRef, lockExperiment, lockRun } from "../across/tracking-lookup.js";
import { actorColumns, type CommandContext, requireScopes, type Work } from "../command.js";
import { withIdempotencyKey } from "../idempotency.js";

export interface CreateLoggedModelInput {
  readonly experiment: ExperimentRef;
  readonly name?: string | null | undefined;
  readonly modelType?: string | null | undefined;
  readonly sourceRun?: string | null | undefined;
  readonly params?: readonly ParamInput[] | null | undefined;
  readonly tags?: readonly TagInput[] | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

interface NewLoggedModel {
  readonly name: string | null;
  readonly modelType: string | null;
  readonly sourceRunId: string | null;
  readonly params: readonly ParamInput[];
  readonly tags: readonly TagInput[];
}

/**
 * Creates a logged model, whose artifacts are still to come. The run that made it has it as an output.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND (the experiment or the run); CONFLICT if the idempotency key was used with other
 * input.
 */
export async function createLoggedModel(
  context: CommandContext,
  input: CreateLoggedModelInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.createLoggedModel], "createLoggedModel");
  const wanted = parseLoggedModel(input);
  return context.transact(async (work) => {
    const experiment = await lockExperiment(work, input.experiment, "SHARE");
    const call = { mutation: "createLoggedModel", input, meaning: meaningOf(experiment.id, wanted) };
    return withIdempotencyKey(work, call, () =>
      insertLoggedModel(work, { experiment, artifacts: context.artifacts }, wanted),
    );
  });
}

function parseLoggedModel(input: CreateLoggedModelInput): NewLoggedModel {
  const tags = parseTags("input.tags", input.tags ?? [], TRACKING_TAG_VALUE_MAX);
  requireFreeTags("input.tags", tags);
  return {
    name: parseOptional(input.name, (text) => parseLoggedModelName("input.name", text)) ?? null,
    modelType: parseOptional(input.modelType, (text) => parseModelType("input.modelType", text)) ?? null,
    sourceRunId: input.sourceRun ?? null,
    params: parseParams("input.params", input.params ?? []),
    tags,
  };
}

function meaningOf(experimentId: string, wanted: NewLoggedModel): MeaningOf<CreateLoggedModelInput> {
  return {
    experiment: always(experimentId),
    name: optional(wanted.name),
    modelType: optional(wanted.modelType),
    sourceRun: optional(wanted.sourceRunId),
    params: unordered(wanted.params),
    tags: unordered(wanted.tags),
  };
}

interface Place {
  readonly experiment: LockedExperiment;
  readonly artifacts: ArtifactLayout;
}

async function insertLoggedModel(
  work: Work,
  { experiment, artifacts }: Place,
  { name: given, modelType, sourceRunId, params, tags }: NewLoggedModel,
): Promise<{ id: string }> {
  if (sourceRunId !== null) await lockRun(work, sourceRunId, "SHARE", "input.sourceRun");
  const id = toLoggedModelId(work.newId());
  const name = given ?? `model-${id.slice(-8)}`;
  const artifactUri = loggedModelArtifacts(artifacts, experiment, id);
  await work.tx.loggedModel.createMany({
    data: [
      {
        ...actorColumns(work.viewer),
        id,
        experimentId: experiment.id,
        name,
        modelType,
        status: "PENDING",
        sourceRunId,
        artifactUri,
        createdAt: work.at,
        updatedAt: work.at,
      },
    ],
  });
  const author = authorOf(work.viewer);
  await logParams(work.tx, { noun: "LoggedModel", id }, { params, author });
  await writeTags(work.tx, { noun: "LoggedModel", id }, { tags, author });
  if (sourceRunId !== null) {
    const edge = { from: { kind: "RUN", id: sourceRunId }, to: { kind: "LOGGED_MODEL", id } } as const;
    await writeEdges(work.tx, [edge], work.at);
  }
  work.emit({
    ...aboutLoggedModel({ id, experimentId: experiment.id, experimentName: experiment.name }),
    type: "logged_model.created",
    after: { name, modelType, status: "PENDING", sourceRunId, artifactUri, params, tags },
  });
  return { id };
}
