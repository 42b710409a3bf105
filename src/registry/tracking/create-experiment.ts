import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { AlreadyExistsError } from "../../domain/errors.js";
import { parseDescription } from "../../domain/models/model.js";
import { parseExperimentName } from "../../domain/tracking/experiment.js";
import { parseTags, type TagInput, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import { parseOptional } from "../../domain/values/text.js";
import { writeTags } from "../../store/across/tags.js";
import { lockExperimentRow } from "../../store/tracking/tracking-locks.js";
import { requireCoveredExperiment } from "../across/tracking-lookup.js";
import { actorColumns, type CommandContext, requireScopes, type Work } from "../command.js";

export interface CreateExperimentInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly tags?: readonly TagInput[] | null | undefined;
  readonly ifExists?: "FAIL" | "RETURN" | null | undefined;
}

/** Creates an experiment under a name that no living one has. With `ifExists: RETURN` the one of that name is the answer. */
export async function createExperiment(
  context: CommandContext,
  input: CreateExperimentInput,
): Promise<{ id: string; created: boolean }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.createExperiment], "createExperiment");
  const name = parseExperimentName("input.name", input.name);
  requireCoveredExperiment(context.viewer, name, COMMAND_SCOPE.createExperiment);
  const description = parseOptional(input.description, (text) => parseDescription("input.description", text)) ?? null;
  const tags = parseTags("input.tags", input.tags ?? [], TRACKING_TAG_VALUE_MAX);
  return context.transact(async (work) => {
    const id = await insertExperiment(work, { name, description, tags });
    if (id !== null) return { id, created: true };
    const existing = input.ifExists === "RETURN" ? await lockExperimentRow(work.tx, { name }, "SHARE") : null;
    if (existing) return { id: existing.id, created: false };
    throw new AlreadyExistsError(`An experiment named "${name}" exists already.`, { field: "input.name" });
  });
}

/** The id of the new experiment, or null if a living one has the name: then nothing was written. */
export async function insertExperiment(
  work: Work,
  { name, description, tags }: { name: string; description: string | null; tags: readonly TagInput[] },
): Promise<string | null> {
  const id = work.newId();
  const { count } = await work.tx.experiment.createMany({
    data: [
      { id, name, liveName: name, description, createdAt: work.at, updatedAt: work.at, ...actorColumns(work.viewer) },
    ],
    skipDuplicates: true,
  });
  if (count === 0) return null;
  await writeTags(work.tx, { noun: "Experiment", id }, tags);
  work.emit({
    type: "experiment.created",
    subject: { type: "Experiment", id },
    experiment: { id, name },
    after: { name, description, tags },
  });
  return id;
}
