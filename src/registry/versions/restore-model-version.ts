import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { lockModelOfVersion } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

/** Brings a deleted version of a living model back to the stage that it was deleted from: never a serving one. */
export async function restoreModelVersion(context: CommandContext, input: { id: string }): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreModelVersion], "restoreModelVersion");
  return context.transact(async (work) => {
    const missing = new NotFoundError("The version was not found.");
    const model = await lockModelOfVersion(work, input.id);
    if (!model) throw missing;
    const version = await work.tx.modelVersion.findUniqueOrThrow({ where: { id: input.id } });
    if (version.deletedAt === null) throw new ConflictError(`Version ${version.number} is not deleted.`);
    await work.tx.modelVersion.update({
      where: { id: version.id },
      data: { deletedAt: null, stageSince: work.at },
      select: { id: true },
    });
    work.emit({ type: "model_version.restored", model, version, before: null, after: { stage: version.stage } });
    return { id: version.id };
  });
}
