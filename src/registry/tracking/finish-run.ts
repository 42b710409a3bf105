import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { InvalidInputError } from "../../domain/errors.js";
import { IS_OVER, type RunStatus } from "../../domain/tracking/run.js";
import { lockRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { conflictWith } from "../current-state.js";
import { changeRun } from "./change-run.js";
import { parseRunTime } from "./run-fields.js";

export interface FinishRunInput {
  readonly run: string;
  readonly status?: RunStatus | null | undefined;
  readonly endedAt?: Date | null | undefined;
}

/**
 * Ends a run. A repeated call with the same status changes nothing.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND; CONFLICT if the run has ended with another status.
 */
export async function finishRun(context: CommandContext, input: FinishRunInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.finishRun], "finishRun");
  const status = input.status ?? "FINISHED";
  if (!IS_OVER[status]) {
    throw new InvalidInputError("input.status", "input.status must be FINISHED, FAILED or KILLED.");
  }
  const endedAt = parseRunTime("endedAt", input.endedAt);
  return context.transact(async (work) => {
    const run = await lockRun(work, input.run, "NO KEY UPDATE");
    const { id } = run;
    if (run.status === status) return { id };
    if (IS_OVER[run.status]) {
      throw conflictWith(work.viewer, "Run", {
        message: `The run is already ${run.status}.`,
        plain: "The run has already ended with another status.",
        details: { field: "input.status" },
        values: { status: run.status },
      });
    }
    await changeRun(work, run, { status, ...(endedAt ? { endedAt } : {}) });
    return { id };
  });
}
