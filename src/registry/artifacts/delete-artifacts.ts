import { ARTIFACT_SCOPE } from "../../domain/access/scopes.js";
import { lockUsage, takeAway } from "../../store/artifacts/artifact-changes.js";
import { type CommandContext, requireScopes } from "../command.js";
import { requireVisiblePlace } from "./artifact-place.js";
import { requireUnfrozen } from "./frozen.js";

/** How many files one transaction removes, so that none keeps the others waiting for long. */
const BATCH = 1_000;

/**
 * Removes a file, or a directory with all that is below it. Deleting what is gone does nothing. Hands on the ids of files that
 * no path names any more, batch by batch: whoever deletes a large directory and is interrupted has deleted a part of it.
 *
 * Errors: FORBIDDEN; NOT_FOUND; CONFLICT if a version is made of one of the files.
 */
export async function deleteArtifacts(
  context: CommandContext,
  path: string,
  onRemoved: (ids: readonly string[]) => Promise<void>,
): Promise<void> {
  requireScopes(context.viewer, [ARTIFACT_SCOPE.write], "deleteArtifacts");
  for (;;) {
    const removed = await context.transact(async ({ tx, viewer, at }) => {
      await requireVisiblePlace(tx, viewer, path);
      await lockUsage(tx);
      const taken = await takeAway(tx, path, BATCH, at);
      if (taken.length > 0) await requireUnfrozen(tx, viewer, path);
      return taken;
    });
    await onRemoved(removed);
    if (removed.length < BATCH) return;
  }
}
