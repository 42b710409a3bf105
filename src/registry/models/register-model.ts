import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { AlreadyExistsError } from "../../domain/errors.js";
import { parseModelName } from "../../domain/models/model.js";
import { parseTags, type TagInput } from "../../domain/values/tag.js";
import { parseDescription, parseOptional } from "../../domain/values/text.js";
import { lockModelRow } from "../../store/models/model-lock.js";
import { type CommandContext, requireCoveredName, requireScopes } from "../command.js";
import { enterGate, OPEN_GATE } from "../governance/gate.js";
import { requireTagsOfNewModel } from "../governance/protection.js";
import { insertModel } from "./insert-model.js";

export interface RegisterModelInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly tags?: readonly TagInput[] | null | undefined;
  readonly ifExists?: "FAIL" | "RETURN" | null | undefined;
}

interface RegisteredModel {
  readonly id: string;
  readonly created: boolean;
}

/**
 * Registers a model under a name that no living model has. With `ifExists: RETURN` it returns the existing model.
 *
 * Errors: FORBIDDEN, also if the token does not cover the name, or if a policy reserves one of the tags or would not select the
 * model by them; INVALID_INPUT; ALREADY_EXISTS.
 */
export async function registerModel(context: CommandContext, input: RegisterModelInput): Promise<RegisteredModel> {
  requireScopes(context.viewer, [COMMAND_SCOPE.registerModel], "registerModel");
  const name = parseModelName("input.name", input.name);
  requireCoveredName(context.viewer, name, COMMAND_SCOPE.registerModel);
  const description = parseOptional(input.description, (text) => parseDescription("input.description", text)) ?? null;
  const tags = parseTags("input.tags", input.tags ?? []);
  return context.transact(async (work) => {
    const gate = tags.length > 0 ? await enterGate(work) : OPEN_GATE;
    await requireTagsOfNewModel(work, gate, { name, tags });
    const id = await insertModel(work, { name, description, tags });
    if (id !== null) return { id, created: true };
    const existing = input.ifExists === "RETURN" ? await lockModelRow(work.tx, { name }) : null;
    if (!existing) throw new AlreadyExistsError(`A model named "${name}" already exists.`, { field: "input.name" });
    return { id: existing.id, created: false };
  });
}
