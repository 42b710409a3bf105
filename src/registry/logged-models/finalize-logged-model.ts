import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { InvalidInputError } from "../../domain/errors.js";
import { type LoggedModelStatus, parseStatusMessage } from "../../domain/logged-models/logged-model.js";
import { findChanges, omitUndefined } from "../../domain/values/fields.js";
import { parseOptional } from "../../domain/values/text.js";
import { aboutLoggedModel, lockLoggedModel } from "../across/logged-model-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

export interface FinalizeLoggedModelInput {
  readonly loggedModel: string;
  readonly status: LoggedModelStatus;
  readonly statusMessage?: string | null | undefined;
}

/**
 * Says how the upload of a logged model ended. An upload that failed may be tried again. A repeated call changes nothing.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND.
 */
export async function finalizeLoggedModel(
  context: CommandContext,
  input: FinalizeLoggedModelInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.finalizeLoggedModel], "finalizeLoggedModel");
  const { status } = input;
  if (status === "PENDING") throw new InvalidInputError("input.status", "input.status must be READY or UPLOAD_FAILED.");
  const statusMessage = parseOptional(input.statusMessage, (text) => parseStatusMessage("input.statusMessage", text));
  return context.transact(async (work) => {
    const loggedModel = await lockLoggedModel(work, input.loggedModel, "NO KEY UPDATE");
    const { id } = loggedModel;
    const changes = findChanges(loggedModel, omitUndefined<Wanted>({ status, statusMessage }));
    if (!changes) return { id };
    const { columns, before, after } = changes;
    await work.tx.loggedModel.update({ where: { id }, data: columns, select: { id: true } });
    work.emit({ ...aboutLoggedModel(loggedModel), type: "logged_model.finalized", before, after });
    return { id };
  });
}

interface Wanted {
  status?: LoggedModelStatus;
  statusMessage?: string | null;
}
