import { InUseError } from "../../domain/errors.js";
import type { JsonObject } from "../../domain/values/json.js";
import {
  type Dependent,
  type Downstream,
  findDownstream,
  type Origin,
} from "../../store/lineage/lineage-dependents.js";
import type { Work } from "../command.js";

/** How many of what stands in the way a refusal lists. */
export const LISTED_MAX = 100;

/** What stands on something, as far as a refusal lists it and one more. */
export function findWhatStandsOn({ tx, viewer }: Work, what: Origin): Promise<Downstream> {
  return findDownstream(tx, viewer, what, LISTED_MAX + 1);
}

/** Refuses to take away what living runs, datasets, versions or deployments came of. */
export async function requireNothingStandsOn(work: Work, what: Origin): Promise<void> {
  const { exists, seen } = await findWhatStandsOn(work, what);
  if (exists) throw inUse(seen.map(describeDependent));
}

/** Something that stands in the way of a delete, in words for people and in fields for programs. */
export interface Obstacle {
  readonly says: string;
  readonly dependent: JsonObject;
}

/** The refusal, with the first hundred of what it would break, as far as the viewer may see, and whether there is more. */
export function inUse(seen: readonly Obstacle[]): InUseError {
  const names = seen.slice(0, 10).map(({ says }) => says);
  const use = names.join(", ") || "something stands on it";
  return new InUseError(`In use: ${use}. Use force to delete it all the same.`, {
    dependents: seen.slice(0, LISTED_MAX).map(({ dependent }) => dependent),
    ...(seen.length > LISTED_MAX ? { more: true } : {}),
  });
}

export function describeDependent(dependent: Dependent): Obstacle {
  const { runId, dataset, digest, model, number, environment, endpoint } = dependent;
  if (runId !== null) return { says: `the run ${runId} came of it`, dependent: { runId } };
  if (dataset !== null) return { says: `the dataset ${dataset}@${digest} came of it`, dependent: { dataset, digest } };
  if (environment !== null) {
    return { says: `${environment}/${endpoint} serves it`, dependent: { environment, endpoint, model } };
  }
  return { says: `version ${number} of "${model}" came of it`, dependent: { model, number } };
}
