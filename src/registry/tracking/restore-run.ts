import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError } from "../../domain/errors.js";
import { aboutRun, lockAnyRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

/** Brings a deleted run of a living experiment back, as it was. */
export async function restoreRun(context: CommandContext, input: { run: string }): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreRun], "restoreRun");
  return context.transact(async (work) => {
    const run = await lockAnyRun(work, input.run, "NO KEY UPDATE");
    if (!run.deletedAt) throw new ConflictError("The run is not deleted.");
    await work.tx.run.update({ where: { id: run.id }, data: { deletedAt: null }, select: { id: true } });
    work.emit({ ...aboutRun(run), type: "run.restored", before: null, after: { name: run.name, status: run.status } });
    return { id: run.id };
  });
}
