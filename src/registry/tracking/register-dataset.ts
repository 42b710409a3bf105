import { authorOf } from "../../domain/access/author.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { AlreadyExistsError } from "../../domain/errors.js";
import { parseTags, type TagInput, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import { writeTags } from "../../store/across/tags.js";
import { requireAllRuns } from "../across/dataset-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type DatasetInput, ensureDatasets, parseDataset } from "./dataset-fields.js";

export interface RegisterDatasetInput extends DatasetInput {
  readonly tags?: readonly TagInput[] | null | undefined;
  readonly ifExists?: "FAIL" | "RETURN" | null | undefined;
}

/**
 * Registers a dataset under a name and digest that no living dataset has. With `ifExists: RETURN` it returns the existing
 * one.
 *
 * Errors: FORBIDDEN, also if a claim narrows the token; INVALID_INPUT; ALREADY_EXISTS.
 */
export async function registerDataset(
  context: CommandContext,
  input: RegisterDatasetInput,
): Promise<{ id: string; created: boolean }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.registerDataset], "registerDataset");
  requireAllRuns(context.viewer, COMMAND_SCOPE.registerDataset);
  const dataset = parseDataset("input", input, context.sourceSchemes);
  const tags = parseTags("input.tags", input.tags ?? [], TRACKING_TAG_VALUE_MAX);
  return context.transact(async (work) => {
    const [registered = { id: "", created: false }] = await ensureDatasets(work, [dataset]);
    if (registered.created) {
      await writeTags(work.tx, { noun: "Dataset", id: registered.id }, { tags, author: authorOf(work.viewer) });
    } else if (input.ifExists !== "RETURN") {
      const { name, digest } = dataset;
      throw new AlreadyExistsError(`A dataset "${name}" with the digest "${digest}" already exists.`, {
        field: "input.digest",
      });
    }
    return registered;
  });
}
