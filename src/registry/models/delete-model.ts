import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { clearDependents, findDependents } from "../across/force-delete.js";
import { lockModel, type ModelRef } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface DeleteModelInput {
  readonly model: ModelRef;
  readonly force?: boolean | null | undefined;
}

/** Takes a model and its versions out of sight; its name becomes free. `restoreModel` brings it back. */
export async function deleteModel(context: CommandContext, input: DeleteModelInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteModel], "deleteModel");
  return context.transact(async (work) => {
    const model = await lockModel(work, input.model);
    const how = { force: input.force ?? false, action: "deleteModel", reason: "The model was deleted." };
    await clearDependents(work, model, await findDependents(work, model), how);
    await work.tx.model.update({
      where: { id: model.id },
      data: { liveName: null, deletedAt: work.at },
      select: { id: true },
    });
    work.emit({ type: "model.deleted", model, before: { name: model.name }, after: null });
    return { id: model.id };
  });
}
