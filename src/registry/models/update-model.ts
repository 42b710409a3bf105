import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { parseDescription } from "../../domain/models/model.js";
import { parseOptional } from "../../domain/values/text.js";
import { lockModel, type ModelRef } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface UpdateModelInput {
  readonly model: ModelRef;
  readonly description?: string | null | undefined;
}

export async function updateModel(context: CommandContext, input: UpdateModelInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.updateModel], "updateModel");
  const description = parseOptional(input.description, (text) => parseDescription("input.description", text));
  return context.transact(async (work) => {
    const model = await lockModel(work, input.model);
    if (description === undefined || description === model.description) return { id: model.id };
    await work.tx.model.update({ where: { id: model.id }, data: { description }, select: { id: true } });
    work.emit({
      type: "model.updated",
      model,
      before: { description: model.description },
      after: { description },
    });
    return { id: model.id };
  });
}
