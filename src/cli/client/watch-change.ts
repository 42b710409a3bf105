import { reasonOf } from "../../client/connection.js";
import type { Place } from "../../client/reconcile-options.js";
import type { Change } from "../../client/watch.js";
import { type ExecCommand, execCommand } from "./exec-command.js";
import type { Outcome } from "./report-back.js";

/** Runs the command for one change. */
export async function runFor(change: Change, cursor: string, exec: ExecCommand): Promise<void> {
  const { modelName } = change;
  const what =
    change.kind === "STAGE"
      ? { SHELFMARK_VERSION: String(change.versionNumber), SHELFMARK_FROM: change.from, SHELFMARK_TO: change.to }
      : {
          SHELFMARK_ALIAS: change.alias,
          SHELFMARK_VERSION: change.number === null ? "" : String(change.number),
          SHELFMARK_FROM: change.previousNumber === null ? "" : String(change.previousNumber),
          SHELFMARK_TO: change.number === null ? "" : String(change.number),
        };
  const env = { SHELFMARK_MODEL: modelName, SHELFMARK_CURSOR: cursor, ...what };
  await execCommand({ ...exec, input: { ...change, cursor }, env });
}

/** What to report when it was done, or has failed: then nobody knows what runs. */
export function outcomeOf(change: Change, cursor: string, error: unknown): Outcome {
  const isStage = change.kind === "STAGE";
  const follows: Place = isStage ? { stage: change.to } : { alias: change.alias };
  const about = { modelName: change.modelName, follows, cursor };
  if (error !== null) return { ...about, running: null, state: "FAILED", message: reasonOf(error) };
  return { ...about, running: isStage ? change.versionNumber : change.number, state: "RUNNING", message: null };
}

export function describeChange(change: Change): string {
  return change.kind === "STAGE"
    ? `${change.modelName} v${change.versionNumber} to ${change.to} (r${change.revision})`
    : `${change.modelName} ${change.alias} to ${change.number ?? "nowhere"} (r${change.revision})`;
}
