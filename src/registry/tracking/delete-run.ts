import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { requireNoDependents } from "../across/dependents.js";
import { aboutRun, lockRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

interface DeleteRunInput {
  readonly run: string;
  readonly force?: boolean | null | undefined;
}

/**
 * Hides a run with its params and metrics. `restoreRun` brings it back.
 *
 * Errors: FORBIDDEN; NOT_FOUND; IN_USE without `force`.
 */
export async function deleteRun(context: CommandContext, input: DeleteRunInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteRun], "deleteRun");
  return context.transact(async (work) => {
    const run = await lockRun(work, input.run, "NO KEY UPDATE");
    const { id, name, status } = run;
    if (!input.force) await requireNoDependents(work, { kind: "RUN", id });
    await work.tx.run.update({ where: { id }, data: { deletedAt: work.at }, select: { id: true } });
    work.emit({ ...aboutRun(run), type: "run.deleted", before: { name, status }, after: null });
    return { id };
  });
}
