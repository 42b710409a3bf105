import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { lockAnyDataset } from "../across/dataset-lookup.js";
import { aboutDataset } from "../across/event-subjects.js";
import { type CommandContext, requireDeleted, requireScopes } from "../command.js";

/**
 * Restores a deleted dataset.
 *
 * Errors: FORBIDDEN, also if somebody else registered it and a claim narrows the token; NOT_FOUND; CONFLICT if it is not
 * deleted; ALREADY_EXISTS if another living dataset has its name and digest.
 */
export async function restoreDataset(context: CommandContext, input: { id: string }): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreDataset], "restoreDataset");
  const { id } = input;
  return context.transact(async (work) => {
    const { name, digest, deletedAt } = await lockAnyDataset(work, { id }, COMMAND_SCOPE.restoreDataset);
    requireDeleted("dataset", deletedAt);
    await work.tx.dataset.update({ where: { id }, data: { deletedAt: null }, select: { id: true } });
    work.emit({ ...aboutDataset(id), type: "dataset.restored", before: null, after: { name, digest } });
    return { id };
  });
}
