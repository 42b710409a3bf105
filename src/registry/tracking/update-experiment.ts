import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { parseExperimentName } from "../../domain/tracking/experiment.js";
import { findChanges, omitUndefined } from "../../domain/values/fields.js";
import { parseDescription, parseOptional } from "../../domain/values/text.js";
import { aboutExperiment } from "../across/event-subjects.js";
import { type ExperimentRef, lockExperiment, requireCoveredExperiment } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

interface UpdateExperimentInput {
  readonly experiment: ExperimentRef;
  /** A new name. */
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

/**
 * Changes the name or the description of an experiment. Emits no event if nothing changes.
 *
 * Errors: FORBIDDEN, also if the token does not cover the new name; INVALID_INPUT; NOT_FOUND, also if the token does not
 * cover the old name; ALREADY_EXISTS if another living experiment has the new name.
 */
export async function updateExperiment(context: CommandContext, input: UpdateExperimentInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.updateExperiment], "updateExperiment");
  const name = typeof input.name === "string" ? parseExperimentName("input.name", input.name) : undefined;
  if (name !== undefined) requireCoveredExperiment(context.viewer, name, COMMAND_SCOPE.updateExperiment);
  const description = parseOptional(input.description, (text) => parseDescription("input.description", text));
  const wanted = omitUndefined<{ name?: string; description?: string | null }>({ name, description });
  return context.transact(async (work) => {
    const experiment = await lockExperiment(work, input.experiment, "NO KEY UPDATE");
    const { id } = experiment;
    const changes = findChanges(experiment, wanted);
    if (!changes) return { id };
    const { columns, before, after } = changes;
    const data = { ...columns, ...(columns.name === undefined ? {} : { liveName: columns.name }) };
    await work.tx.experiment.update({ where: { id }, data, select: { id: true } });
    const about = aboutExperiment({ id, name: columns.name ?? experiment.name });
    work.emit({ ...about, type: "experiment.updated", before, after });
    return { id };
  });
}
