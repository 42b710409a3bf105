import { evaluate } from "../../domain/access/condition.js";
import { coveredLoggedModel as loggedModelRule } from "../../domain/access/visibility.js";
import { NotFoundError } from "../../domain/errors.js";
import { coveredLoggedModel } from "../../store/access/visibility.js";
import { type LockedLoggedModel, lockLoggedModelRow } from "../../store/logged-models/logged-model-locks.js";
import type { RowLock } from "../../store/tracking/tracking-locks.js";
import type { Work } from "../command.js";
import { notFound } from "./tracking-lookup.js";

/** The logged model, deleted or not, of a living experiment that the viewer may see. */
export async function lockAnyLoggedModel(
  work: Work,
  id: string,
  lock: RowLock,
  field = "input.loggedModel",
): Promise<LockedLoggedModel> {
  const loggedModel = await lockLoggedModelRow(work.tx, id, lock);
  const covered = await coversLoggedModel(work, id, loggedModel);
  if (!loggedModel || loggedModel.experimentDeletedAt || !covered) throw notFound("logged model", field);
  return loggedModel;
}

/** A logged model that does not exist is looked up like one that is not the viewer's, so that the time it takes reveals nothing. */
async function coversLoggedModel({ tx, viewer }: Work, id: string, found: LockedLoggedModel | null): Promise<boolean> {
  const experiment = found && { name: found.experimentName };
  const isCovered = evaluate(loggedModelRule(viewer), { experiment });
  return isCovered ?? (await tx.loggedModel.count({ where: { AND: [{ id }, coveredLoggedModel(viewer)] } })) > 0;
}

export async function lockLoggedModel(
  work: Work,
  id: string,
  lock: RowLock,
  field = "input.loggedModel",
): Promise<LockedLoggedModel> {
  const loggedModel = await lockAnyLoggedModel(work, id, lock, field);
  if (loggedModel.deletedAt) throw notFound("logged model", field);
  return loggedModel;
}

interface LoggedModelRef {
  readonly field: string;
  readonly id: string;
}

/** The living logged models that the viewer may see, kept from being deleted until the transaction ends; locked in the order of their ids. */
export async function shareLoggedModels(work: Work, refs: readonly LoggedModelRef[]): Promise<void> {
  for (const { id, field } of inOrder(refs)) await lockLoggedModel(work, id, "SHARE", field);
}

/** The same for those that may be missing. Returns the ids of those that there are. */
export async function shareKnownLoggedModels(work: Work, refs: readonly LoggedModelRef[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (const { id, field } of inOrder(refs)) {
    try {
      await lockLoggedModel(work, id, "SHARE", field);
      known.add(id);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return known;
}

function inOrder(refs: readonly LoggedModelRef[]): LoggedModelRef[] {
  const distinct = new Map(refs.toReversed().map((ref) => [ref.id, ref]));
  return [...distinct.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The fields of an event that say which logged model it is about. */
export function aboutLoggedModel({
  id,
  experimentId,
  experimentName,
}: Pick<LockedLoggedModel, "id" | "experimentId" | "experimentName">) {
  return {
    subject: { type: "LoggedModel" as const, id },
    experiment: { id: experimentId, name: experimentName },
  };
}
