import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { AlreadyExistsError } from "../../domain/errors.js";
import { parseExperimentName } from "../../domain/tracking/experiment.js";
import { parseTags, type TagInput, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import { parseDescription, parseOptional } from "../../domain/values/text.js";
import { lockExperimentRow } from "../../store/tracking/tracking-locks.js";
import { requireCoveredExperiment } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { insertExperiment } from "./insert-experiment.js";

interface CreateExperimentInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly tags?: readonly TagInput[] | null | undefined;
  readonly ifExists?: "FAIL" | "RETURN" | null | undefined;
}

/**
 * Creates an experiment under a name that no living one has. With `ifExists: RETURN` it returns the existing one.
 *
 * Errors: FORBIDDEN, also if the token does not cover the name; INVALID_INPUT; ALREADY_EXISTS.
 */
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
    throw new AlreadyExistsError(`An experiment named "${name}" already exists.`, { field: "input.name" });
  });
}
