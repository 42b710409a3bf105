import { InvalidInputError } from "../errors.js";

export const RUN_STATUSES = ["SCHEDULED", "RUNNING", "FINISHED", "FAILED", "KILLED"] as const;
/** Where a run is in its life, in MLflow's words. */
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Whether a run with the status has ended. Nothing can be logged to it until its status is RUNNING again. */
export const IS_OVER = {
  SCHEDULED: false,
  RUNNING: false,
  FINISHED: true,
  FAILED: true,
  KILLED: true,
} as const satisfies Record<RunStatus, boolean>;

export const RUN_NAME_MAX = 500;
export const RUN_SOURCE_MAX = 2_000;
export const RUN_USER_MAX = 256;

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$/;
const GIT_COMMIT = /^[0-9a-f]{7,64}$/i;

export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** Checks an id that a client chooses for a run, such as MLflow's 32 hexadecimal digits. */
export function parseRunId(field: string, id: string): string {
  if (isRunId(id)) return id;
  throw new InvalidInputError(
    field,
    `${field} must be 1 to 256 letters, digits, "_" or "-", and begin with a letter or a digit.`,
  );
}

/** Checks a git object name (SHA-1 or SHA-256), whole or abbreviated. Returns it in lower case. */
export function parseGitCommit(field: string, commit: string): string {
  if (GIT_COMMIT.test(commit)) return commit.toLowerCase();
  throw new InvalidInputError(field, `${field} must be 7 to 64 hexadecimal digits.`);
}

/** Refuses an end time of a run that has not ended. */
export function requireOver(status: RunStatus, endedAt: Date | null): void {
  if (endedAt === null || IS_OVER[status]) return;
  throw new InvalidInputError(
    "input.endedAt",
    "input.endedAt is allowed only for a run that has ended: set the status to FINISHED, FAILED or KILLED too.",
  );
}

export interface RunTimes {
  readonly status: RunStatus;
  readonly startedAt: Date;
  /** The end time of the input, if it has one. */
  readonly given: Date | null;
  /** The end time that the run has already, if it has one. */
  readonly known: Date | null;
  readonly now: Date;
  /** Whether any times are taken, as MLflow does: an end before the start, and one of a run that goes on, which is dropped. */
  readonly anyTimes?: boolean | undefined;
}

/** The end time of a run: null exactly if it has not ended, and never before its start. */
export function endOfRun({ status, startedAt, given, known, now, anyTimes }: RunTimes): Date | null {
  if (!anyTimes) requireOver(status, given);
  if (!IS_OVER[status]) return null;
  const endedAt = given ?? known ?? new Date(Math.max(now.getTime(), startedAt.getTime()));
  if (anyTimes || endedAt >= startedAt) return endedAt;
  const field = given ? "input.endedAt" : "input.startedAt";
  throw new InvalidInputError(field, "The end of a run must not be before its start.");
}
