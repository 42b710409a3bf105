import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { AlreadyExistsError } from "../../domain/errors.js";
import { parseDescription, parseModelName } from "../../domain/models/model.js";
import { parseTags, type TagInput } from "../../domain/values/tag.js";
import { parseOptional } from "../../domain/values/text.js";
import { writeTags } from "../../store/across/tags.js";
import { lockModelRow } from "../../store/models/model-lock.js";
import { actorColumns, type CommandContext, requireCoveredName, requireScopes, type Work } from "../command.js";

export interface RegisterModelInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly tags?: readonly TagInput[] | null | undefined;
  readonly ifExists?: "FAIL" | "RETURN" | null | undefined;
}

export interface RegisteredModel {
  readonly id: string;
  readonly created: boolean;
}

/** Registers a model under a name that no living model has. With `ifExists: RETURN` the model of that name is the answer. */
export async function registerModel(context: CommandContext, input: RegisterModelInput): Promise<RegisteredModel> {
  requireScopes(context.viewer, [COMMAND_SCOPE.registerModel], "registerModel");
  const name = parseModelName("input.name", input.name);
  requireCoveredName(context.viewer, name, COMMAND_SCOPE.registerModel);
  const description = parseOptional(input.description, (text) => parseDescription("input.description", text)) ?? null;
  const tags = parseTags("input.tags", input.tags ?? []);
  return context.transact(async (work) => {
    const id = await insertModel(work, { name, description, tags });
    if (id !== null) return { id, created: true };
    const existing = input.ifExists === "RETURN" ? await lockModelRow(work.tx, { name }) : null;
    if (!existing) throw new AlreadyExistsError(`A model named "${name}" exists already.`, { field: "input.name" });
    return { id: existing.id, created: false };
  });
}

/** The id of the new model, or null if a living model has the name: then nothing was written. */
export async function insertModel(
  work: Work,
  { name, description, tags }: { name: string; description: string | null; tags: readonly TagInput[] },
): Promise<string | null> {
  const id = work.newId();
  const { count } = await work.tx.model.createMany({
    data: [
      { id, name, liveName: name, description, createdAt: work.at, updatedAt: work.at, ...actorColumns(work.viewer) },
    ],
    skipDuplicates: true,
  });
  if (count === 0) return null;
  await writeTags(work.tx, { noun: "Model", id }, tags);
  work.emit({
    type: "model.registered",
    model: { id, name },
    after: { name, description, tags },
  });
  return id;
}
