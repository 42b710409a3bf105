import { errorCode } from "./error-text.js";

/** What the log is told of an error that nobody foresaw. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: LoggedError;
}

const MAX_CAUSES = 4;
/** SQLSTATE, class 22: values that do not fit, which the sentence ends with. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;

/**
 * Names and places, and no values: a database quotes whole rows in what it adds to a sentence (`Failing row contains (…)`),
 * with fields that whoever reads the log may not read.
 */
export function toLoggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: "Something was thrown that is no error." };
  const code = errorCode(error);
  const message = isAboutValues(error) ? error.message.replace(/: ".*$/s, ': "…"') : error.message;
  const stack = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
  const cause = depth < MAX_CAUSES && error.cause !== undefined ? toLoggedError(error.cause, depth + 1) : null;
  return {
    ...{ type: error.constructor.name, message },
    ...(stack && { stack: stack.join("\n") }),
    ...(code !== undefined && { code }),
    ...(cause && { cause }),
  };
}

function isAboutValues(error: Error): boolean {
  return DATA_EXCEPTION.test(errorCode(error) ?? "") || /Code: `22[0-9A-Z]{3}`/.test(error.message);
}
