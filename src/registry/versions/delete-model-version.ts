import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { clearDependents, findDependents } from "../across/force-delete.js";
import { lockVersion, type ModelVersionRef } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface DeleteModelVersionInput {
  readonly version: ModelVersionRef;
  readonly force?: boolean | null | undefined;
}

/** Takes a version out of sight. Its number is never given again; `restoreModelVersion` brings it back. */
export async function deleteModelVersion(
  context: CommandContext,
  input: DeleteModelVersionInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteModelVersion], "deleteModelVersion");
  return context.transact(async (work) => {
    const { model, version } = await lockVersion(work, input.version);
    const how = { force: input.force ?? false, action: "deleteModelVersion", reason: "The version was deleted." };
    await clearDependents(work, model, await findDependents(work, model, version.id), how);
    await work.tx.modelVersion.update({
      where: { id: version.id },
      data: { deletedAt: work.at },
      select: { id: true },
    });
    work.emit({ type: "model_version.deleted", model, version, before: { number: version.number }, after: null });
    return { id: version.id };
  });
}
