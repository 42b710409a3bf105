import { errorCode } from "./error-text.js";

/** The form in which an unexpected error is logged. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: LoggedError;
}

const MAX_CAUSES = 4;
/** SQLSTATE, class 22: data exceptions, whose messages end with the value. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;

/**
 * Keeps names and stack frames, and drops values: a database adds whole rows to its errors (`Failing row contains (…)`),
 * with fields that a reader of the log may not see.
 */
export function toLoggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: "The thrown value is not an Error." };
  const code = errorCode(error);
  const message = isAboutValues(error) ? error.message.replace(/: ".*$/s, ': "…"') : error.message;
  const stack = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
  const cause = depth < MAX_CAUSES && error.cause !== undefined ? toLoggedError(error.cause, depth + 1) : null;
  return {
    type: error.constructor.name,
    message,
    ...(stack && { stack: stack.join("\n") }),
    ...(code !== undefined && { code }),
    ...(cause && { cause }),
  };
}

function isAboutValues(error: Error): boolean {
  return DATA_EXCEPTION.test(errorCode(error) ?? "") || /Code: `22[0-9A-Z]{3}`/.test(error.message);
}
