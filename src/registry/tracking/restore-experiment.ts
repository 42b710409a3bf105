import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { parseExperimentName } from "../../domain/tracking/experiment.js";
import { matchesAnyGlob } from "../../domain/values/glob.js";
import { lockExperimentRow } from "../../store/tracking/tracking-locks.js";
import { requireCoveredExperiment, requireExperiments } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface RestoreExperimentInput {
  readonly id: string;
  /** Another name, if the old one is taken by now. */
  readonly name?: string | null | undefined;
}

/** Brings a deleted experiment back with its runs. The token must cover both names. */
export async function restoreExperiment(
  context: CommandContext,
  input: RestoreExperimentInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreExperiment], "restoreExperiment");
  const wanted = typeof input.name === "string" ? parseExperimentName("input.name", input.name) : null;
  if (wanted !== null) requireCoveredExperiment(context.viewer, wanted, COMMAND_SCOPE.restoreExperiment);
  requireExperiments(context.viewer, COMMAND_SCOPE.restoreExperiment);
  return context.transact(async (work) => {
    const experiment = await lockExperimentRow(work.tx, { id: input.id }, "NO KEY UPDATE");
    if (!experiment || !matchesAnyGlob(work.viewer.experimentGlobs, experiment.name)) {
      throw new NotFoundError("The experiment was not found.");
    }
    if (!experiment.deletedAt) throw new ConflictError(`The experiment "${experiment.name}" is not deleted.`);
    const { id } = experiment;
    const name = wanted ?? experiment.name;
    await work.tx.experiment.update({
      where: { id },
      data: { name, liveName: name, deletedAt: null },
      select: { id: true },
    });
    work.emit({
      type: "experiment.restored",
      subject: { type: "Experiment", id },
      experiment: { id, name },
      before: { name: experiment.name },
      after: { name },
    });
    return { id };
  });
}
