import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import type { ModelRef } from "../../domain/models/model.js";
import { always, type MeaningOf, optional, threeState } from "../../domain/values/meaning.js";
import { parseAlias } from "../../domain/versions/alias.js";
import { parseReason } from "../../domain/versions/reason.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { emitAliasDeleted } from "../across/alias-events.js";
import { describeModel, lockModel } from "../across/lookup.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { requireMover } from "../governance/gate.js";
import { withIdempotencyKey } from "../idempotency.js";
import { type AliasMoved, findAliasTarget, requireExpectedNumber, type Target } from "./move-alias.js";

export interface DeleteAliasInput {
  readonly model: ModelRef;
  readonly alias: string;
  /** The version that the alias must point to now; absent = no check. */
  readonly expectedNumber?: number | null | undefined;
  readonly reason?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/**
 * Deletes an alias.
 *
 * Errors: FORBIDDEN, also by a policy that names others; INVALID_INPUT; NOT_FOUND (the model or the alias); CONFLICT if `expectedNumber` does not hold, or if
 * the idempotency key was used with other input.
 */
export async function deleteAlias(context: CommandContext, input: DeleteAliasInput): Promise<AliasMoved> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteAlias], "deleteAlias");
  const name = parseAlias("input.alias", input.alias);
  const reason = parseReason("input.reason", input.reason);
  const { expectedNumber } = input;
  return context.transact(async (work) => {
    const model = await lockModel(work, input.model);
    const meaning: MeaningOf<DeleteAliasInput> = {
      model: always(model.id),
      alias: always(name),
      expectedNumber: threeState(expectedNumber),
      reason: optional(reason),
    };
    return withIdempotencyKey(work, { mutation: "deleteAlias", input, meaning }, async () => {
      const from = await findAliasTarget(work, model, name);
      requireExpectedNumber(work.viewer, name, expectedNumber, from?.number ?? null);
      if (!from) throw new NotFoundError(`${describeModel(input.model)} has no alias "${name}".`);
      await requireMover(work, model, [{ alias: name }]);
      return removeAlias(work, model, { name, from, reason });
    });
  });
}

interface AliasRemoval {
  readonly name: string;
  readonly from: Target;
  readonly reason: string | null;
}

async function removeAlias(work: Work, model: LockedModel, { name, from, reason }: AliasRemoval): Promise<AliasMoved> {
  await work.tx.alias.delete({ where: { modelId_name: { modelId: model.id, name } }, select: { name: true } });
  const transitionId = emitAliasDeleted(work, model, { name, version: from, reason });
  return { modelId: model.id, name, previousVersionId: from.id, transitionId };
}
