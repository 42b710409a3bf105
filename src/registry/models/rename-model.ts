import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { type ModelRef, parseModelName } from "../../domain/models/model.js";
import { lockModel } from "../across/lookup.js";
import { type CommandContext, requireCoveredName, requireScopes } from "../command.js";
import { enterGate } from "../governance/gate.js";
import { requireRenameRights } from "../governance/protection.js";
import { settleSelection } from "../governance/selection.js";

interface RenameModelInput {
  readonly model: ModelRef;
  readonly newName: string;
}

/**
 * Renames a model. Emits no event if it has the name already.
 *
 * Errors: FORBIDDEN, also if the token does not cover the new name, or if other policies would select the model and the token
 * lacks `policies:write`; INVALID_INPUT; NOT_FOUND, also if the token does not cover the old name; ALREADY_EXISTS if another
 * living model has the new name; CONFLICT if a stage would have more holders than a policy allows.
 */
export async function renameModel(context: CommandContext, input: RenameModelInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.renameModel], "renameModel");
  const name = parseModelName("input.newName", input.newName);
  requireCoveredName(context.viewer, name, COMMAND_SCOPE.renameModel);
  return context.transact(async (work) => {
    await enterGate(work);
    const model = await lockModel(work, input.model);
    const { id } = model;
    if (model.name === name) return { id };
    await requireRenameRights(work, model, name);
    await work.tx.model.update({ where: { id }, data: { name, liveName: name }, select: { id: true } });
    await settleSelection(work, model);
    work.emit({ type: "model.renamed", model: { id, name }, before: { name: model.name }, after: { name } });
    return { id };
  });
}
