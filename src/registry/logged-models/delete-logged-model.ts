import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { requireNoDependents } from "../across/dependents.js";
import { aboutLoggedModel, lockLoggedModel } from "../across/logged-model-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface DeleteLoggedModelInput {
  readonly loggedModel: string;
  readonly force?: boolean | null | undefined;
}

/**
 * Hides a logged model with its params and metrics. `restoreLoggedModel` brings it back.
 *
 * Errors: FORBIDDEN; NOT_FOUND; IN_USE without `force`.
 */
export async function deleteLoggedModel(
  context: CommandContext,
  input: DeleteLoggedModelInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteLoggedModel], "deleteLoggedModel");
  return context.transact(async (work) => {
    const loggedModel = await lockLoggedModel(work, input.loggedModel, "NO KEY UPDATE");
    const { id, name, status } = loggedModel;
    if (!input.force) await requireNoDependents(work, { kind: "LOGGED_MODEL", id });
    await work.tx.loggedModel.update({ where: { id }, data: { deletedAt: work.at }, select: { id: true } });
    work.emit({
      ...aboutLoggedModel(loggedModel),
      type: "logged_model.deleted",
      before: { name, status },
      after: null,
    });
    return { id };
  });
}
