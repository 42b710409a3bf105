import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { parseDescription } from "../../domain/models/model.js";
import { parseExperimentName } from "../../domain/tracking/experiment.js";
import type { JsonObject } from "../../domain/values/json.js";
import { parseOptional } from "../../domain/values/text.js";
import { type ExperimentRef, lockExperiment, requireCoveredExperiment } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface UpdateExperimentInput {
  readonly experiment: ExperimentRef;
  /** Another name. */
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

/** Changes an experiment's name or description. The token must cover both names. */
export async function updateExperiment(context: CommandContext, input: UpdateExperimentInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.updateExperiment], "updateExperiment");
  const name = typeof input.name === "string" ? parseExperimentName("input.name", input.name) : undefined;
  if (name !== undefined) requireCoveredExperiment(context.viewer, name, COMMAND_SCOPE.updateExperiment);
  const description = parseOptional(input.description, (text) => parseDescription("input.description", text));
  return context.transact(async (work) => {
    const experiment = await lockExperiment(work, input.experiment, "NO KEY UPDATE");
    const { id } = experiment;
    const after = {
      ...(name === undefined || name === experiment.name ? {} : { name }),
      ...(description === undefined || description === experiment.description ? {} : { description }),
    };
    if (Object.keys(after).length === 0) return { id };
    const data = { ...after, ...(after.name === undefined ? {} : { liveName: after.name }) };
    await work.tx.experiment.update({ where: { id }, data, select: { id: true } });
    const before = Object.fromEntries(Object.keys(after).map((key) => [key, experiment[key as keyof typeof after]]));
    work.emit({
      type: "experiment.updated",
      subject: { type: "Experiment", id },
      experiment: { id, name: after.name ?? experiment.name },
      before: before as JsonObject,
      after,
    });
    return { id };
  });
}
