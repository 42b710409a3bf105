import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { requireNothingStandsOn } from "../across/dependents.js";
import { aboutRun, lockRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface DeleteRunInput {
  readonly run: string;
  readonly force?: boolean | null | undefined;
}

/** Takes a run out of sight, with its params and metrics. `restoreRun` brings it back. */
export async function deleteRun(context: CommandContext, input: DeleteRunInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteRun], "deleteRun");
  return context.transact(async (work) => {
    const run = await lockRun(work, input.run, "NO KEY UPDATE");
    if (!input.force) await requireNothingStandsOn(work, { kind: "RUN", id: run.id });
    await work.tx.run.update({ where: { id: run.id }, data: { deletedAt: work.at }, select: { id: true } });
    work.emit({ ...aboutRun(run), type: "run.deleted", before: { name: run.name, status: run.status }, after: null });
    return { id: run.id };
  });
}
