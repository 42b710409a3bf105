import { InUseError } from "../../domain/errors.js";
import type { JsonObject } from "../../domain/values/json.js";
import {
  type Dependent,
  type Downstream,
  findDownstream,
  type Origin,
} from "../../store/lineage/lineage-dependents.js";
import type { Work } from "../command.js";

/** How many dependents an error lists. */
export const LISTED_MAX = 100;

/** Finds what is derived from something: as many dependents as an error lists, and one more. */
export function findDependents({ tx, viewer }: Work, origin: Origin): Promise<Downstream> {
  return findDownstream(tx, viewer, origin, LISTED_MAX + 1);
}

/** Throws IN_USE if living runs, datasets, versions or deployments are derived from something that is to be deleted. */
export async function requireNoDependents(work: Work, origin: Origin): Promise<void> {
  const { exists, seen } = await findDependents(work, origin);
  if (exists) throw inUse(seen.map(describeDependent));
}

/** A reason why something cannot be deleted: a text for people, and the same in fields for programs. */
export interface Blocker {
  readonly text: string;
  readonly dependent: JsonObject;
}

/** The error with the first hundred of the blockers that the viewer may see, and whether there are more. */
export function inUse(seen: readonly Blocker[]): InUseError {
  const texts = seen.slice(0, 10).map(({ text }) => text);
  const use = texts.join(", ") || "other objects depend on it";
  return new InUseError(`In use: ${use}. Set force to delete it anyway.`, {
    dependents: seen.slice(0, LISTED_MAX).map(({ dependent }) => dependent),
    ...(seen.length > LISTED_MAX ? { more: true } : {}),
  });
}

export function describeDependent(dependent: Dependent): Blocker {
  const { runId, dataset, digest, loggedModelId, model, number, environment, endpoint } = dependent;
  if (runId !== null) return { text: `the run ${runId} is derived from it`, dependent: { runId } };
  if (dataset !== null) {
    return { text: `the dataset ${dataset}@${digest} is derived from it`, dependent: { dataset, digest } };
  }
  if (loggedModelId !== null) {
    return { text: `the logged model ${loggedModelId} is derived from it`, dependent: { loggedModelId } };
  }
  if (environment !== null) {
    return { text: `${environment}/${endpoint} serves it`, dependent: { environment, endpoint, model } };
  }
  return { text: `version ${number} of "${model}" is derived from it`, dependent: { model, number } };
}
