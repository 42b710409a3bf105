import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { lockModelOfVersion } from "../across/lookup.js";
import { type CommandContext, requireDeleted, requireScopes } from "../command.js";

/**
 * Restores a deleted version of a living model, in the stage that it was deleted in, which is never a serving one.
 *
 * Errors: FORBIDDEN; NOT_FOUND, also if the model is deleted; CONFLICT if the version is not deleted.
 */
export async function restoreModelVersion(context: CommandContext, input: { id: string }): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreModelVersion], "restoreModelVersion");
  const { id } = input;
  return context.transact(async (work) => {
    const missing = new NotFoundError("The version was not found.");
    const model = await lockModelOfVersion(work, id);
    if (!model) throw missing;
    const version = await work.tx.modelVersion.findUniqueOrThrow({ where: { id } });
    requireDeleted("version", version.deletedAt);
    await work.tx.modelVersion.update({
      where: { id },
      data: { deletedAt: null, stageSince: work.at },
      select: { id: true },
    });
    work.emit({ type: "model_version.restored", model, version, before: null, after: { stage: version.stage } });
    return { id };
  });
}
