import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { aboutLoggedModel, lockAnyLoggedModel } from "../across/logged-model-lookup.js";
import { type CommandContext, requireDeleted, requireScopes } from "../command.js";

/**
 * Restores a deleted logged model of a living experiment.
 *
 * Errors: FORBIDDEN; NOT_FOUND, also if its experiment is deleted; CONFLICT if it is not deleted.
 */
export async function restoreLoggedModel(
  context: CommandContext,
  input: { loggedModel: string },
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreLoggedModel], "restoreLoggedModel");
  return context.transact(async (work) => {
    const loggedModel = await lockAnyLoggedModel(work, input.loggedModel, "NO KEY UPDATE");
    requireDeleted("logged model", loggedModel.deletedAt);
    const { id, name, status } = loggedModel;
    await work.tx.loggedModel.update({ where: { id }, data: { deletedAt: null }, select: { id: true } });
    work.emit({
      ...aboutLoggedModel(loggedModel),
      type: "logged_model.restored",
      before: null,
      after: { name, status },
    });
    return { id };
  });
}
