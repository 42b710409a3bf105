import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { requireNothingStandsOn } from "../across/dependents.js";
import { type ExperimentRef, lockExperiment } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface DeleteExperimentInput {
  readonly experiment: ExperimentRef;
  readonly force?: boolean | null | undefined;
}

/** Takes an experiment and its runs out of sight; its name becomes free. `restoreExperiment` brings it back. */
export async function deleteExperiment(context: CommandContext, input: DeleteExperimentInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteExperiment], "deleteExperiment");
  return context.transact(async (work) => {
    const { id, name } = await lockExperiment(work, input.experiment, "NO KEY UPDATE");
    if (!input.force) await requireNothingStandsOn(work, { experimentId: id });
    await work.tx.experiment.update({
      where: { id },
      data: { liveName: null, deletedAt: work.at },
      select: { id: true },
    });
    work.emit({
      type: "experiment.deleted",
      subject: { type: "Experiment", id },
      experiment: { id, name },
      before: { name },
      after: null,
    });
    return { id };
  });
}
