import { parseGitCommit, RUN_SOURCE_MAX } from "../../domain/tracking/run.js";
import type { TagInput } from "../../domain/values/tag.js";
import { parseLine } from "../../domain/values/text.js";
import { type CreateRunInput, createRun as create } from "../../registry/tracking/create-run.js";
import { visibleRun } from "../../store/access/visibility.js";
import type { Context } from "../kit/context.js";
import { orNull } from "../kit/or-null.js";
import { NAME_TAG, readRuns } from "./read-runs.js";
import { nameRun } from "./run-name.js";
import { truncate } from "./truncate.js";

interface CreateRequest {
  readonly experiment_id: number;
  readonly user_id?: string | undefined;
  readonly run_name?: string | undefined;
  readonly start_time?: number | undefined;
  readonly tags: readonly TagInput[];
}

/** What clients say of a run in tags is in its fields too, as far as it fits: the parent, the code, the commit. */
export async function createRun(context: Context, request: CreateRequest) {
  const { experiment_id: number, user_id, run_name, start_time, tags } = request;
  if (number === 0) await context.ensureDefaultExperiment();
  const tag = (key: string) => tags.find((each) => each.key === key)?.value || null;
  const runId = context.newId().replaceAll("-", "");
  const [source, commit] = [tag("mlflow.source.name"), tag("mlflow.source.git.commit")];
  const input: CreateRunInput = {
    experiment: { number },
    runId,
    name: run_name || tag(NAME_TAG) || nameRun(runId),
    user: user_id || null,
    source: source && orNull(() => parseLine("source", source, RUN_SOURCE_MAX)),
    gitCommit: commit && orNull(() => parseGitCommit("gitCommit", commit)),
    status: "RUNNING",
    startedAt: start_time === undefined ? null : new Date(start_time),
    parent: await parentOf(context, tag("mlflow.parentRunId")),
    tags: tags.filter(({ key }) => key !== NAME_TAG).map(truncate),
  };
  const { id } = await create(context.commands, input);
  const [run] = await readRuns(context, [id]);
  const { outputs: _, ...answer } = run ?? { outputs: {} };
  return { run: answer };
}

/** A parent that is not here, or not for this viewer, stays a tag. */
async function parentOf({ db, viewer }: Context, id: string | null): Promise<string | null> {
  if (id === null) return null;
  const parent = await db.run.findFirst({ where: { AND: [{ id }, visibleRun(viewer)] }, select: { id: true } });
  return parent?.id ?? null;
}
