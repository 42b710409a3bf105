import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import type { ModelRef } from "../../domain/models/model.js";
import { parseAlias } from "../../domain/versions/alias.js";
import { describeModel, lockModel } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type AliasMoved, findAliasTarget, requireExpectedNumber } from "./move-alias.js";

export interface DeleteAliasInput {
  readonly model: ModelRef;
  readonly alias: string;
  /** The version that the alias must point to now; absent = no check. */
  readonly expectedNumber?: number | null | undefined;
}

/**
 * Deletes an alias.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND (the model or the alias); CONFLICT if `expectedNumber` does not hold.
 */
export async function deleteAlias(context: CommandContext, input: DeleteAliasInput): Promise<AliasMoved> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteAlias], "deleteAlias");
  const name = parseAlias("input.alias", input.alias);
  return context.transact(async (work) => {
    const model = await lockModel(work, input.model);
    const from = await findAliasTarget(work, model, name);
    requireExpectedNumber(work.viewer, name, input.expectedNumber, from?.number ?? null);
    if (!from) throw new NotFoundError(`${describeModel(input.model)} has no alias "${name}".`);
    await work.tx.alias.delete({ where: { modelId_name: { modelId: model.id, name } }, select: { name: true } });
    work.emit({
      type: "alias.deleted",
      model,
      version: from,
      alias: name,
      before: { number: from.number },
      after: null,
    });
    return { modelId: model.id, name, previousVersionId: from.id };
  });
}
