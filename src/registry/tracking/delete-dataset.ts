import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import type { DatasetReference } from "../../store/tracking/dataset-lookup.js";
import { requireNothingStandsOn } from "../across/dependents.js";
import { lockDataset } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface DeleteDatasetInput {
  readonly dataset: DatasetReference;
  readonly force?: boolean | null | undefined;
}

/** Takes a dataset out of sight; its name and digest become free. `restoreDataset` brings it back. */
export async function deleteDataset(context: CommandContext, input: DeleteDatasetInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteDataset], "deleteDataset");
  return context.transact(async (work) => {
    const { id, name, digest } = await lockDataset(work, input.dataset, COMMAND_SCOPE.deleteDataset);
    if (!input.force) await requireNothingStandsOn(work, { kind: "DATASET", id });
    await work.tx.dataset.update({ where: { id }, data: { deletedAt: work.at }, select: { id: true } });
    work.emit({ type: "dataset.deleted", subject: { type: "Dataset", id }, before: { name, digest }, after: null });
    return { id };
  });
}
