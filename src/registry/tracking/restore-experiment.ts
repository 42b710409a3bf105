import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { isVisible } from "../../domain/access/visibility.js";
import { NotFoundError } from "../../domain/errors.js";
import { parseExperimentName } from "../../domain/tracking/experiment.js";
import { lockExperimentRow } from "../../store/tracking/tracking-locks.js";
import { aboutExperiment } from "../across/event-subjects.js";
import {
  type ExperimentRef,
  factsOfExperiment,
  requireCoveredExperiment,
  requireExperiments,
} from "../across/tracking-lookup.js";
import { type CommandContext, requireDeleted, requireScopes } from "../command.js";

type RestoreExperimentInput = Exclude<ExperimentRef, { name: string }> & {
  /** A new name, for when another experiment has the old one by now. */
  readonly name?: string | null | undefined;
};

/**
 * Restores a deleted experiment with its runs.
 *
 * Errors: FORBIDDEN, also if the token does not cover the new name; INVALID_INPUT; NOT_FOUND, also if the token does not
 * cover the old name; CONFLICT if it is not deleted; ALREADY_EXISTS if another living experiment has the name.
 */
export async function restoreExperiment(
  context: CommandContext,
  input: RestoreExperimentInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreExperiment], "restoreExperiment");
  const wanted = typeof input.name === "string" ? parseExperimentName("input.name", input.name) : null;
  if (wanted !== null) requireCoveredExperiment(context.viewer, wanted, COMMAND_SCOPE.restoreExperiment);
  requireExperiments(context.viewer, COMMAND_SCOPE.restoreExperiment);
  return context.transact(async (work) => {
    const experiment = await lockExperimentRow(
      work.tx,
      "id" in input ? { id: input.id } : { number: input.number },
      "NO KEY UPDATE",
    );
    if (!experiment || !isVisible("Experiment", work.viewer, factsOfExperiment(experiment), "EITHER")) {
      throw new NotFoundError("The experiment was not found.");
    }
    requireDeleted("experiment", experiment.deletedAt);
    const { id } = experiment;
    const name = wanted ?? experiment.name;
    await work.tx.experiment.update({
      where: { id },
      data: { name, liveName: name, deletedAt: null },
      select: { id: true },
    });
    const before = { name: experiment.name };
    work.emit({ ...aboutExperiment({ id, name }), type: "experiment.restored", before, after: { name } });
    return { id };
  });
}
