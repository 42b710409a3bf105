import { reasonOf } from "../../client/connection.js";
import type { Place } from "../../client/reconcile-options.js";
import type { Change } from "../../client/watch.js";
import type { DeploymentOutcome } from "./deployment-reporter.js";
import { type ExecCommand, execCommand } from "./exec-command.js";

/** Runs the command for one change. */
export async function runForChange(change: Change, cursor: string, exec: ExecCommand): Promise<void> {
  const env = { SHELFMARK_MODEL: change.modelName, SHELFMARK_CURSOR: cursor, ...variablesOf(change) };
  await execCommand({ ...exec, input: { ...change, cursor }, env });
}

function variablesOf(change: Change): Record<string, string> {
  if (change.kind === "STAGE") {
    return {
      SHELFMARK_VERSION: String(change.versionNumber),
      SHELFMARK_FROM: change.from,
      SHELFMARK_TO: change.to,
    };
  }
  const number = String(change.number ?? "");
  return {
    SHELFMARK_ALIAS: change.alias,
    SHELFMARK_VERSION: number,
    SHELFMARK_FROM: String(change.previousNumber ?? ""),
    SHELFMARK_TO: number,
  };
}

/** The deployment to report after the command. If it failed, it is unknown what runs. */
export function outcomeOf(change: Change, cursor: string, error: unknown): DeploymentOutcome {
  const isStage = change.kind === "STAGE";
  const follows: Place = isStage ? { stage: change.to } : { alias: change.alias };
  const about = { modelName: change.modelName, follows, cursor };
  if (error !== null) return { ...about, running: null, state: "FAILED", message: reasonOf(error) };
  return { ...about, running: isStage ? change.versionNumber : change.number, state: "RUNNING", message: null };
}

export function describeChange(change: Change): string {
  return change.kind === "STAGE"
    ? `${change.modelName} v${change.versionNumber} to ${change.to} (r${change.revision})`
    : `${change.modelName} ${change.alias} to ${change.number ?? "no version"} (r${change.revision})`;
}
