import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { parseModelName } from "../../domain/models/model.js";
import { matchesAnyGlob } from "../../domain/values/glob.js";
import { lockModelRow } from "../../store/models/model-lock.js";
import { type CommandContext, requireCoveredName, requireScopes } from "../command.js";

export interface RestoreModelInput {
  readonly id: string;
  /** Another name, if the old one is taken by now. */
  readonly name?: string | null | undefined;
}

/** Brings a deleted model back with its versions, none of them on a serving stage. The token must cover both names. */
export async function restoreModel(context: CommandContext, input: RestoreModelInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreModel], "restoreModel");
  const wanted = typeof input.name === "string" ? parseModelName("input.name", input.name) : null;
  if (wanted !== null) requireCoveredName(context.viewer, wanted, COMMAND_SCOPE.restoreModel);
  return context.transact(async (work) => {
    const model = await lockModelRow(work.tx, { id: input.id });
    if (!model || !matchesAnyGlob(work.viewer.modelGlobs, model.name)) {
      throw new NotFoundError("The model was not found.");
    }
    if (model.deletedAt === null) throw new ConflictError(`The model "${model.name}" is not deleted.`);
    const name = wanted ?? model.name;
    await work.tx.model.update({
      where: { id: model.id },
      data: { name, liveName: name, deletedAt: null },
      select: { id: true },
    });
    work.emit({
      type: "model.restored",
      model: { id: model.id, name },
      before: { name: model.name },
      after: { name },
    });
    return { id: model.id };
  });
}
