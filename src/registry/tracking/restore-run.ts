import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { aboutRun, lockAnyRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireDeleted, requireScopes } from "../command.js";

/**
 * Restores a deleted run of a living experiment.
 *
 * Errors: FORBIDDEN; NOT_FOUND, also if its experiment is deleted; CONFLICT if the run is not deleted.
 */
export async function restoreRun(context: CommandContext, input: { run: string }): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreRun], "restoreRun");
  return context.transact(async (work) => {
    const run = await lockAnyRun(work, input.run, "NO KEY UPDATE");
    requireDeleted("run", run.deletedAt);
    const { id, name, status } = run;
    await work.tx.run.update({ where: { id }, data: { deletedAt: null }, select: { id: true } });
    work.emit({ ...aboutRun(run), type: "run.restored", before: null, after: { name, status } });
    return { id };
  });
}
