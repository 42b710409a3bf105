import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { isVisible } from "../../domain/access/visibility.js";
import { NotFoundError } from "../../domain/errors.js";
import { parseModelName } from "../../domain/models/model.js";
import { lockModelRow } from "../../store/models/model-lock.js";
import { factsOf } from "../across/lookup.js";
import { type CommandContext, requireCoveredName, requireDeleted, requireScopes } from "../command.js";
import { enterGate } from "../governance/gate.js";
import { requireRenameRights } from "../governance/protection.js";

interface RestoreModelInput {
  readonly id: string;
  /** A new name, for when another model has the old one by now. */
  readonly name?: string | null | undefined;
}

/**
 * Restores a deleted model with its versions, none of which is in a serving stage.
 *
 * Errors: FORBIDDEN, also if the token does not cover the new name, or if other policies would select the model and the token
 * lacks `policies:write`; INVALID_INPUT; NOT_FOUND, also if the token does not
 * cover the old name; CONFLICT if the model is not deleted; ALREADY_EXISTS if another living model has the name.
 */
export async function restoreModel(context: CommandContext, input: RestoreModelInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.restoreModel], "restoreModel");
  const wanted = typeof input.name === "string" ? parseModelName("input.name", input.name) : null;
  if (wanted !== null) requireCoveredName(context.viewer, wanted, COMMAND_SCOPE.restoreModel);
  return context.transact(async (work) => {
    await enterGate(work);
    const model = await lockModelRow(work.tx, { id: input.id });
    if (!model || !isVisible("Model", work.viewer, factsOf(model), "EITHER")) {
      throw new NotFoundError("The model was not found.");
    }
    requireDeleted("model", model.deletedAt);
    const { id } = model;
    const name = wanted ?? model.name;
    await requireRenameRights(work, model, name);
    await work.tx.model.update({
      where: { id },
      data: { name, liveName: name, deletedAt: null },
      select: { id: true },
    });
    work.emit({ type: "model.restored", model: { id, name }, before: { name: model.name }, after: { name } });
    return { id };
  });
}
