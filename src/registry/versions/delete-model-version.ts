import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { releaseUses } from "../across/force-delete.js";
import { lockVersion } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface DeleteModelVersionInput {
  readonly version: ModelVersionRef;
  readonly force?: boolean | null | undefined;
}

/**
 * Hides a version. Its number is never used again; `restoreModelVersion` brings it back.
 *
 * Errors: FORBIDDEN, also if a scope for the forced move and alias removals is missing; NOT_FOUND; IN_USE without `force`.
 */
export async function deleteModelVersion(
  context: CommandContext,
  input: DeleteModelVersionInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteModelVersion], "deleteModelVersion");
  return context.transact(async (work) => {
    const { model, version } = await lockVersion(work, input.version);
    const { id, number } = version;
    await releaseUses(work, model, {
      versionId: id,
      force: input.force ?? false,
      action: "deleteModelVersion",
      reason: "The version was deleted.",
    });
    await work.tx.modelVersion.update({ where: { id }, data: { deletedAt: work.at }, select: { id: true } });
    work.emit({ type: "model_version.deleted", model, version, before: { number }, after: null });
    return { id };
  });
}
