import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError } from "../../domain/errors.js";
import { lockAnyDataset } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

/** Brings a deleted dataset back, unless another one has its name and digest by now. */
export async function restoreDataset(context: CommandContext, input: { id: string }): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreDataset], "restoreDataset");
  const { id } = input;
  return context.transact(async (work) => {
    const { name, digest, deletedAt } = await lockAnyDataset(work, { id }, COMMAND_SCOPE.restoreDataset);
    if (!deletedAt) throw new ConflictError("The dataset is not deleted.");
    await work.tx.dataset.update({ where: { id }, data: { deletedAt: null }, select: { id: true } });
    work.emit({ type: "dataset.restored", subject: { type: "Dataset", id }, before: null, after: { name, digest } });
    return { id };
  });
}
