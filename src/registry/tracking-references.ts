import type { Viewer } from "../domain/actor.js";
import { ConflictError, ForbiddenError, NotFoundError } from "../domain/errors.js";
import { matchesAnyGlob } from "../domain/glob.js";
import type { Scope } from "../domain/policy.js";
import { IS_OVER } from "../domain/run.js";
import { type DatasetReference, type FoundDataset, lockDatasetRow, shareDatasets } from "../store/dataset-lookup.js";
import {
  type LockedExperiment,
  type LockedRun,
  lockExperimentRow,
  lockRunRow,
  type RowLock,
} from "../store/tracking-locks.js";
import { type FoundVersion, shareVersions, type VersionReference } from "../store/version-lookup.js";
import type { Work } from "./command.js";

export type ExperimentRef = { readonly id: string } | { readonly name: string };

/** A name that the token's `experiments` claim does not cover is refused before it is looked up. */
export function requireCoveredExperiment(viewer: Viewer, name: string, scope: Scope): void {
  if (matchesAnyGlob(viewer.experimentGlobs, name)) return;
  throw new ForbiddenError(`The experiments claim of this token does not cover the name "${name}".`, [scope]);
}

/** The living experiment that the viewer may see. */
export async function lockExperiment(work: Work, ref: ExperimentRef, lock: RowLock): Promise<LockedExperiment> {
  const experiment = await findAndLockExperiment(work, ref, lock);
  if (experiment) return experiment;
  throw new NotFoundError(
    "name" in ref ? `The experiment "${ref.name}" was not found.` : "The experiment was not found.",
  );
}

export async function findAndLockExperiment(
  work: Work,
  ref: ExperimentRef,
  lock: RowLock,
): Promise<LockedExperiment | null> {
  const experiment = await lockExperimentRow(work.tx, ref, lock);
  if (!experiment || experiment.deletedAt) return null;
  return matchesAnyGlob(work.viewer.experimentGlobs, experiment.name) ? experiment : null;
}

/** The run, deleted or not, of a living experiment that the viewer may see. */
export async function lockAnyRun(work: Work, id: string, lock: RowLock, field = "input.run"): Promise<LockedRun> {
  const run = await lockRunRow(work.tx, id, lock);
  const seen = run && !run.experimentDeletedAt && matchesAnyGlob(work.viewer.experimentGlobs, run.experimentName);
  if (!seen) throw notFound("run", field);
  return run;
}

export async function lockRun(work: Work, id: string, lock: RowLock, field = "input.run"): Promise<LockedRun> {
  const run = await lockAnyRun(work, id, lock, field);
  if (run.deletedAt) throw notFound("run", field);
  return run;
}

/**
 * A run that is still going on: to a finished one nothing is logged. Whoever tells an event of the run changes its row
 * behind the head's lock, so must not share the run with others who wait for the head.
 */
export async function lockOpenRun(work: Work, id: string, lock: RowLock): Promise<LockedRun> {
  const run = await lockRun(work, id, lock);
  if (!IS_OVER[run.status]) return run;
  throw new ConflictError(`The run is ${run.status}: nothing is logged to it unless it is set to RUNNING again.`, {
    field: "input.run",
    status: run.status,
  });
}

/** The living versions that the viewer may see, kept from being deleted until the transaction ends. */
export async function requireVersions(
  work: Work,
  refs: readonly { readonly field: string; readonly ref: VersionReference }[],
): Promise<FoundVersion[]> {
  const found = await shareVersions(
    work.tx,
    refs.map(({ ref }) => ref),
  );
  return found.map((version, index) => {
    if (version && matchesAnyGlob(work.viewer.modelGlobs, version.modelName)) return version;
    throw notFound("version", refs[index]?.field);
  });
}

/** The living datasets, kept from being deleted until the transaction ends. */
export async function requireDatasets(
  work: Work,
  refs: readonly { readonly field: string; readonly ref: DatasetReference }[],
): Promise<FoundDataset[]> {
  const found = await shareDatasets(
    work.tx,
    refs.map(({ ref }) => ref),
  );
  return found.map((dataset, index) => {
    if (dataset) return dataset;
    throw notFound("dataset", refs[index]?.field);
  });
}

/** The living dataset, kept from every other writer until the transaction ends. */
export async function lockDataset(work: Work, ref: DatasetReference): Promise<FoundDataset> {
  const dataset = await lockDatasetRow(work.tx, ref);
  if (!dataset) throw new NotFoundError("The dataset was not found.");
  return dataset;
}

function notFound(noun: string, field: string | undefined): NotFoundError {
  return new NotFoundError(`The ${noun} of ${field} was not found.`, { field });
}

/** How an event tells of a run. */
export function aboutRun(run: Pick<LockedRun, "id" | "experimentId" | "experimentName">) {
  return {
    subject: { type: "Run" as const, id: run.id },
    experiment: { id: run.experimentId, name: run.experimentName },
  };
}
