import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import type { ModelRef } from "../../domain/models/model.js";
import { findChanges, omitUndefined } from "../../domain/values/fields.js";
import { parseDescription, parseOptional } from "../../domain/values/text.js";
import { lockModel } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { requireFieldRights } from "../governance/protection.js";

export interface UpdateModelInput {
  readonly model: ModelRef;
  readonly description?: string | null | undefined;
}

/**
 * Changes the description of a model. Emits no event if nothing changes.
 *
 * Errors: FORBIDDEN, INVALID_INPUT, NOT_FOUND, POLICY_NOT_MET while a policy freezes the description.
 */
export async function updateModel(context: CommandContext, input: UpdateModelInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.updateModel], "updateModel");
  const wanted = omitUndefined<{ description?: string | null }>({
    description: parseOptional(input.description, (text) => parseDescription("input.description", text)),
  });
  return context.transact(async (work) => {
    const model = await lockModel(work, input.model);
    const { id } = model;
    const changes = findChanges(model, wanted);
    if (!changes) return { id };
    const { columns, before, after } = changes;
    await requireFieldRights(work, { model, versionId: null }, Object.keys(columns));
    await work.tx.model.update({ where: { id }, data: columns, select: { id: true } });
    work.emit({ type: "model.updated", model, before, after });
    return { id };
  });
}
