import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import type { RunStatus } from "../../domain/tracking/run.js";
import { lockRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { changeRun } from "./change-run.js";
import { parseRunFields, parseRunTime, type RunFieldsInput } from "./run-fields.js";

interface UpdateRunInput extends RunFieldsInput {
  readonly run: string;
  readonly status?: RunStatus | null | undefined;
  /** Whether any times are taken, as MLflow does: an end before the start, and one of a run that goes on, which is dropped. */
  readonly anyTimes?: boolean;
}

/**
 * Changes the fields of a run. A run that has ended continues when its status is set to RUNNING.
 *
 * Errors: FORBIDDEN; INVALID_INPUT, also if the times do not fit the status; NOT_FOUND.
 */
export async function updateRun(context: CommandContext, input: UpdateRunInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.updateRun], "updateRun");
  const fields = parseRunFields(input);
  const startedAt = parseRunTime("startedAt", input.startedAt);
  const endedAt = parseRunTime("endedAt", input.endedAt);
  return context.transact(async (work) => {
    const run = await lockRun(work, input.run, "NO KEY UPDATE");
    await changeRun(work, run, {
      ...fields,
      anyTimes: input.anyTimes,
      ...(input.status ? { status: input.status } : {}),
      ...(startedAt ? { startedAt } : {}),
      ...(endedAt ? { endedAt } : {}),
    });
    return { id: run.id };
  });
}
