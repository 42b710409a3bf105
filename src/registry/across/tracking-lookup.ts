import { coversRunsByVersion, type Viewer } from "../../domain/access/actor.js";
import { evaluate } from "../../domain/access/condition.js";
import { COMMAND_SCOPE, type Scope } from "../../domain/access/scopes.js";
import { isVisible, coveredRun as runRule } from "../../domain/access/visibility.js";
import { ForbiddenError, NotFoundError } from "../../domain/errors.js";
import { IS_OVER } from "../../domain/tracking/run.js";
import { matchesAnyGlob } from "../../domain/values/glob.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { coveredRun } from "../../store/access/visibility.js";
import {
  type ExperimentKey,
  type LockedExperiment,
  type LockedRun,
  lockExperimentRow,
  lockRunRow,
  type RowLock,
} from "../../store/tracking/tracking-locks.js";
import { type FoundVersion, seesVersion, shareVersions } from "../../store/versions/version-lookup.js";
import type { Work } from "../command.js";
import { conflictWith } from "../current-state.js";

export type ExperimentRef = ExperimentKey;

/**
 * Refuses a token that sees runs by their versions only, before anything is looked up: it could not see the run or
 * experiment that it creates.
 */
export function requireExperiments(viewer: Viewer, scope: Scope): void {
  if (!coversRunsByVersion(viewer)) return;
  throw new ForbiddenError(
    "This token has a models claim and no experiments claim, so it sees only runs that produced or read versions of these models. To create runs, or to create or change experiments, it needs an experiments claim.",
    [scope],
  );
}

/** A name that the token's `experiments` claim does not cover is refused before it is looked up. */
export function requireCoveredExperiment(viewer: Viewer, name: string, scope: Scope): void {
  requireExperiments(viewer, scope);
  if (matchesAnyGlob(viewer.experimentGlobs, name)) return;
  throw new ForbiddenError(`The experiments claim of this token does not cover the name "${name}".`, [scope]);
}

/** Locks the living experiment, for a command that changes it or creates a run in it. */
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
  requireExperiments(work.viewer, COMMAND_SCOPE.updateExperiment);
  const experiment = await lockExperimentRow(work.tx, ref, lock);
  return experiment && isVisible("Experiment", work.viewer, factsOfExperiment(experiment)) ? experiment : null;
}

/** What decides who may see an experiment. */
export function factsOfExperiment({ name, deletedAt }: LockedExperiment) {
  return { name, deletedAt };
}

/** The run, deleted or not, of a living experiment that the viewer may see. */
export async function lockAnyRun(work: Work, id: string, lock: RowLock, field = "input.run"): Promise<LockedRun> {
  const run = await lockRunRow(work.tx, id, lock);
  const covered = await coversRun(work, id, run);
  if (!run || run.experimentDeletedAt || !covered) throw notFound("run", field);
  return run;
}

/** A run that does not exist is looked up like one that is not the viewer's, so that the time it takes reveals nothing. */
async function coversRun({ tx, viewer }: Work, id: string, run: LockedRun | null): Promise<boolean> {
  const experiment = run && { name: run.experimentName };
  const isCovered = evaluate(runRule(viewer), { experiment });
  return isCovered ?? (await tx.run.count({ where: { AND: [{ id }, coveredRun(viewer)] } })) > 0;
}

export async function lockRun(work: Work, id: string, lock: RowLock, field = "input.run"): Promise<LockedRun> {
  const run = await lockAnyRun(work, id, lock, field);
  if (run.deletedAt) throw notFound("run", field);
  return run;
}

/** Locks a run for a command that logs to it: one that is not over, or with `evenIfOver` any, as MLflow takes it. */
export function lockRunToLog(
  work: Work,
  { run, evenIfOver = false }: { readonly run: string; readonly evenIfOver?: boolean | undefined },
  lock: RowLock,
): Promise<LockedRun> {
  return evenIfOver ? lockRun(work, run, lock) : lockOpenRun(work, run, lock);
}

/**
 * Locks a run that is not over; nothing is logged to a finished run. A command that emits an event of the run updates its
 * row while it holds the head's lock, so it must not share the run's lock with commands that wait for the head.
 */
async function lockOpenRun(work: Work, id: string, lock: RowLock): Promise<LockedRun> {
  const run = await lockRun(work, id, lock);
  if (!IS_OVER[run.status]) return run;
  const rule = "nothing is logged to it unless it is set to RUNNING again.";
  throw conflictWith(work.viewer, "Run", {
    message: `The run is ${run.status}: ${rule}`,
    plain: `The run has ended: ${rule}`,
    details: { field: "input.run" },
    values: { status: run.status },
  });
}

/** The living versions that the viewer may see, kept from being deleted until the transaction ends. */
export async function requireVersions(
  work: Work,
  refs: readonly { readonly field: string; readonly ref: ModelVersionRef }[],
): Promise<FoundVersion[]> {
  const found = await shareVersions(
    work.tx,
    refs.map(({ ref }) => ref),
  );
  return found.map((version, index) => {
    if (version && seesVersion(work.viewer, version)) return version;
    throw notFound("version", refs[index]?.field);
  });
}

export function notFound(noun: string, field: string | undefined): NotFoundError {
  return new NotFoundError(`The ${noun} of ${field} was not found.`, { field });
}

/** The subject of an event about a run. */
export function aboutRun(run: Pick<LockedRun, "id" | "experimentId" | "experimentName">) {
  return {
    subject: { type: "Run" as const, id: run.id },
    experiment: { id: run.experimentId, name: run.experimentName },
  };
}
