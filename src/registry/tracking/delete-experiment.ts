import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { requireNoDependents } from "../across/dependents.js";
import { aboutExperiment } from "../across/event-subjects.js";
import { type ExperimentRef, lockExperiment } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

interface DeleteExperimentInput {
  readonly experiment: ExperimentRef;
  readonly force?: boolean | null | undefined;
}

/**
 * Hides an experiment and its runs, and frees its name. `restoreExperiment` brings it back.
 *
 * Errors: FORBIDDEN; NOT_FOUND; IN_USE without `force`, if something is derived from one of its runs.
 */
export async function deleteExperiment(context: CommandContext, input: DeleteExperimentInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteExperiment], "deleteExperiment");
  return context.transact(async (work) => {
    const experiment = await lockExperiment(work, input.experiment, "NO KEY UPDATE");
    const { id, name } = experiment;
    if (!input.force) await requireNoDependents(work, { experimentId: id });
    await work.tx.experiment.update({
      where: { id },
      data: { liveName: null, deletedAt: work.at },
      select: { id: true },
    });
    work.emit({ ...aboutExperiment(experiment), type: "experiment.deleted", before: { name }, after: null });
    return { id };
  });
}
