import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { AlreadyExistsError, InvalidInputError } from "../../domain/errors.js";
import { parseExperimentName } from "../../domain/tracking/experiment.js";
import { parseSource } from "../../domain/values/source-uri.js";
import { parseTags, TAG_VALUE_MAX, type TagInput } from "../../domain/values/tag.js";
import { parseDescription, parseOptional } from "../../domain/values/text.js";
import { lockExperimentRow } from "../../store/tracking/tracking-locks.js";
import { requireCoveredExperiment } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { insertExperiment } from "./insert-experiment.js";

interface CreateExperimentInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly artifactRoot?: string | null | undefined;
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
  const artifactRoot = parseArtifactRoot(context, input.artifactRoot);
  const tags = parseTags("input.tags", input.tags ?? [], TAG_VALUE_MAX);
  return context.transact(async (work) => {
    const id = await insertExperiment(work, { name, description, artifactRoot, tags });
    if (id !== null) return { id, created: true };
    const existing = input.ifExists === "RETURN" ? await lockExperimentRow(work.tx, { name }, "SHARE") : null;
    if (existing) return { id: existing.id, created: false };
    throw new AlreadyExistsError(`An experiment named "${name}" already exists.`, { field: "input.name" });
  });
}

/** Below this server's own root the server alone says what is where: an address there may be one of another experiment. */
function parseArtifactRoot({ sourceSchemes }: CommandContext, given: string | null | undefined): string | null {
  if (given === null || given === undefined) return null;
  const root = parseSource("input.artifactRoot", given, sourceSchemes);
  if (!root.startsWith("mlflow-artifacts:")) return root;
  throw new InvalidInputError(
    "input.artifactRoot",
    "input.artifactRoot must be a place outside this server; leave it out to keep artifacts where the server keeps them.",
  );
}
