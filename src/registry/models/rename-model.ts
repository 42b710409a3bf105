import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { parseModelName } from "../../domain/models/model.js";
import { lockModel, type ModelRef } from "../across/lookup.js";
import { type CommandContext, requireCoveredName, requireScopes } from "../command.js";

export interface RenameModelInput {
  readonly model: ModelRef;
  readonly newName: string;
}

/** Gives a model another name. The token must cover both names. */
export async function renameModel(context: CommandContext, input: RenameModelInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.renameModel], "renameModel");
  const name = parseModelName("input.newName", input.newName);
  requireCoveredName(context.viewer, name, COMMAND_SCOPE.renameModel);
  return context.transact(async (work) => {
    const model = await lockModel(work, input.model);
    if (model.name === name) return { id: model.id };
    await work.tx.model.update({ where: { id: model.id }, data: { name, liveName: name }, select: { id: true } });
    work.emit({
      type: "model.renamed",
      model: { id: model.id, name },
      before: { name: model.name },
      after: { name },
    });
    return { id: model.id };
  });
}
