import { authorOf } from "../../domain/access/author.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { type ParamInput, parseParams } from "../../domain/tracking/param.js";
import { logParams } from "../../store/tracking/log-params.js";
import { lockLoggedModel } from "../across/logged-model-lookup.js";
import { requireSameValues } from "../across/same-params.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface LogLoggedModelParamsInput {
  readonly loggedModel: string;
  readonly params: readonly ParamInput[];
}

/**
 * Adds params to a logged model: all of them or, on an error, nothing. A repeated call changes nothing. Not an event, as for runs.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND; CONFLICT if a param has another value already.
 */
export async function logLoggedModelParams(
  context: CommandContext,
  input: LogLoggedModelParamsInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.logLoggedModelParams], "logLoggedModelParams");
  const params = parseParams("input.params", input.params);
  return context.transact(async (work) => {
    const { id } = await lockLoggedModel(work, input.loggedModel, "SHARE");
    const existing = await logParams(work.tx, { noun: "LoggedModel", id }, { params, author: authorOf(work.viewer) });
    requireSameValues(work, "LoggedModel", params, existing);
    return { id };
  });
}
