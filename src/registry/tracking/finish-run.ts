import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { InvalidInputError } from "../../domain/errors.js";
import { IS_OVER, type RunStatus } from "../../domain/tracking/run.js";
import { lockRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { changeRun, requireOpen } from "./change-run.js";
import { parseRunTime } from "./run-fields.js";

export interface FinishRunInput {
  readonly run: string;
  readonly status?: RunStatus | null | undefined;
  readonly endedAt?: Date | null | undefined;
}

/** Ends a run. Sent again with the same status it changes nothing; a run that ended otherwise is a CONFLICT. */
export async function finishRun(context: CommandContext, input: FinishRunInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.finishRun], "finishRun");
  const status = input.status ?? "FINISHED";
  if (!IS_OVER[status]) {
    throw new InvalidInputError("input.status", "input.status must be FINISHED, FAILED or KILLED.");
  }
  const endedAt = parseRunTime("endedAt", input.endedAt);
  return context.transact(async (work) => {
    const run = await lockRun(work, input.run, "NO KEY UPDATE");
    requireOpen(run, status);
    if (run.status !== status) await changeRun(work, run, { status, ...(endedAt ? { endedAt } : {}) });
    return { id: run.id };
  });
}
