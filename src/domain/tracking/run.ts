import { InvalidInputError } from "../errors.js";

export const RUN_STATUSES = ["SCHEDULED", "RUNNING", "FINISHED", "FAILED", "KILLED"] as const;
/** Where a run is in its life; MLflow's words. */
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Whether a run with the status is over: nothing is logged to it any more, until it is set to RUNNING again. */
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

/** A run's id that a client brings, such as MLflow's 32 hexadecimal digits. */
export function parseRunId(field: string, id: string): string {
  if (isRunId(id)) return id;
  throw new InvalidInputError(
    field,
    `${field} must be 1 to 256 letters, digits, "_" or "-", and begin with a letter or a digit.`,
  );
}

/** A git object name (SHA-1 or SHA-256), whole or abbreviated, kept in lower case. */
export function parseGitCommit(field: string, commit: string): string {
  if (GIT_COMMIT.test(commit)) return commit.toLowerCase();
  throw new InvalidInputError(field, `${field} must be 7 to 64 hexadecimal digits.`);
}
