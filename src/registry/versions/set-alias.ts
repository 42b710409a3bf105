import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import type { ModelRef } from "../../domain/models/model.js";
import { parseAlias } from "../../domain/versions/alias.js";
import { describeModel, findVersionByNumber, lockModel } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type AliasMoved, findAliasTarget, moveAlias, requireExpectedNumber } from "./move-alias.js";

export interface SetAliasInput {
  readonly model: ModelRef;
  readonly alias: string;
  readonly number: number;
  /** The version that the alias must point to now; null = it must not be set; absent = no check. */
  readonly expectedNumber?: number | null | undefined;
}

/**
 * Points an alias to a version of the model, whether it is set or not.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND (the model or the version); CONFLICT if `expectedNumber` does not hold.
 */
export async function setAlias(context: CommandContext, input: SetAliasInput): Promise<AliasMoved> {
  requireScopes(context.viewer, [COMMAND_SCOPE.setAlias], "setAlias");
  const name = parseAlias("input.alias", input.alias);
  return context.transact(async (work) => {
    const model = await lockModel(work, input.model);
    const version = await findVersionByNumber(work, model, input.number);
    if (!version || version.deletedAt !== null) {
      throw new NotFoundError(`${describeModel(input.model)} has no version ${input.number}.`);
    }
    const from = await findAliasTarget(work, model, name);
    requireExpectedNumber(work.viewer, name, input.expectedNumber, from?.number ?? null);
    await moveAlias(work, model, name, version);
    return { modelId: model.id, name, previousVersionId: from?.id ?? null };
  });
}
