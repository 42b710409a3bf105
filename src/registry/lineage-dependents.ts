import type { Viewer } from "../domain/actor.js";
import { InUseError } from "../domain/errors.js";
import { matchesAnyGlob } from "../domain/glob.js";
import type { JsonObject } from "../domain/json.js";
import { holdsScope } from "../domain/policy.js";
import { type Dependent, findDownstream, type Origin } from "../store/lineage-dependents.js";
import type { Work } from "./command.js";

const LISTED_MAX = 100;

/** Refuses to take away what living runs, datasets, versions or deployments came of. */
export async function requireNothingStandsOn(work: Work, what: Origin): Promise<void> {
  const dependents = await findDownstream(work.tx, what);
  if (dependents.length > 0) throw inUse(describeDependents(work.viewer, dependents));
}

/** Something that stands in the way of a delete, in words for people and in fields for programs. */
export interface Obstacle {
  readonly says: string;
  readonly dependent: JsonObject;
}

/** The refusal, with the list of what it would break, as far as the viewer may see: the first hundred, and how many there are. */
export function inUse(seen: readonly Obstacle[]): InUseError {
  const names = seen.slice(0, 10).map(({ says }) => says);
  const use = names.join(", ") || "something stands on it";
  return new InUseError(`In use: ${use}. Use force to delete it all the same.`, {
    dependents: seen.slice(0, LISTED_MAX).map(({ dependent }) => dependent),
    ...(seen.length > LISTED_MAX ? { count: seen.length } : {}),
  });
}

export function describeDependents(viewer: Viewer, dependents: readonly Dependent[]): Obstacle[] {
  return dependents.filter((dependent) => maySee(viewer, dependent)).map(describe);
}

function maySee(viewer: Viewer, dependent: Dependent): boolean {
  const holds = (scope: "runs:read" | "models:read") => holdsScope(viewer.scopes, scope);
  if (dependent.runId !== null)
    return holds("runs:read") && matchesAnyGlob(viewer.experimentGlobs, dependent.experiment ?? "");
  if (dependent.dataset !== null) return holds("runs:read");
  if (!holds("models:read") || !matchesAnyGlob(viewer.modelGlobs, dependent.model ?? "")) return false;
  return dependent.environment === null || matchesAnyGlob(viewer.environmentGlobs, dependent.environment);
}

function describe({ runId, dataset, digest, model, number, environment, endpoint }: Dependent): Obstacle {
  if (runId !== null) return { says: `the run ${runId} came of it`, dependent: { runId } };
  if (dataset !== null) return { says: `the dataset ${dataset}@${digest} came of it`, dependent: { dataset, digest } };
  if (environment !== null) {
    return { says: `${environment}/${endpoint} serves it`, dependent: { environment, endpoint, model } };
  }
  return { says: `version ${number} of "${model}" came of it`, dependent: { model, number } };
}
