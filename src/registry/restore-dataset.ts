import { ConflictError, NotFoundError } from "../domain/errors.js";
import { COMMAND_SCOPE } from "../domain/policy.js";
import { type CommandContext, requireScopes } from "./command.js";

/** Brings a deleted dataset back, unless another one has its name and digest by now. */
export async function restoreDataset(context: CommandContext, input: { id: string }): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreDataset], "restoreDataset");
  const { id } = input;
  return context.transact(async (work) => {
    const dataset = await work.tx.dataset.findUnique({ where: { id } });
    if (!dataset) throw new NotFoundError("The dataset was not found.");
    const { name, digest } = dataset;
    const { count } = await work.tx.dataset.updateMany({
      where: { id, deletedAt: { not: null } },
      data: { deletedAt: null },
    });
    if (count === 0) throw new ConflictError("The dataset is not deleted.");
    work.emit({ type: "dataset.restored", subject: { type: "Dataset", id }, before: null, after: { name, digest } });
    return { id };
  });
}
