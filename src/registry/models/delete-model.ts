import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import type { ModelRef } from "../../domain/models/model.js";
import { releaseUses } from "../across/force-delete.js";
import { lockModel } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

interface DeleteModelInput {
  readonly model: ModelRef;
  readonly force?: boolean | null | undefined;
}

/**
 * Hides a model and its versions, and frees its name. `restoreModel` brings it back.
 *
 * Errors: FORBIDDEN, also if a scope for the forced moves and alias removals is missing; NOT_FOUND; IN_USE without `force`.
 */
export async function deleteModel(context: CommandContext, input: DeleteModelInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteModel], "deleteModel");
  return context.transact(async (work) => {
    const model = await lockModel(work, input.model);
    const { id, name } = model;
    await releaseUses(work, model, {
      force: input.force ?? false,
      action: "deleteModel",
      reason: "The model was deleted.",
    });
    await work.tx.model.update({
      where: { id },
      data: { liveName: null, deletedAt: work.at },
      select: { id: true },
    });
    work.emit({ type: "model.deleted", model, before: { name }, after: null });
    return { id };
  });
}
