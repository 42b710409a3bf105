import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import type { DatasetRef } from "../../domain/tracking/dataset.js";
import { lockDataset } from "../across/dataset-lookup.js";
import { requireNoDependents } from "../across/dependents.js";
import { aboutDataset } from "../across/event-subjects.js";
import { type CommandContext, requireScopes } from "../command.js";

interface DeleteDatasetInput {
  readonly dataset: DatasetRef;
  readonly force?: boolean | null | undefined;
}

/**
 * Hides a dataset, and frees its name and digest. `restoreDataset` brings it back.
 *
 * Errors: FORBIDDEN, also if somebody else registered it and a claim narrows the token; NOT_FOUND; IN_USE without `force`.
 */
export async function deleteDataset(context: CommandContext, input: DeleteDatasetInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteDataset], "deleteDataset");
  return context.transact(async (work) => {
    const { id, name, digest } = await lockDataset(work, input.dataset, COMMAND_SCOPE.deleteDataset);
    if (!input.force) await requireNoDependents(work, { kind: "DATASET", id });
    await work.tx.dataset.update({ where: { id }, data: { deletedAt: work.at }, select: { id: true } });
    work.emit({ ...aboutDataset(id), type: "dataset.deleted", before: { name, digest }, after: null });
    return { id };
  });
}
