import { TimeoutError } from "../../domain/errors.js";
import { withTimeout } from "../../util/timeout.js";

/** The result of the work, or a TimeoutError with the message. */
export function withinTime<T>(timeoutMs: number, work: T | Promise<T>, message: string): Promise<T> {
  return withTimeout(work, timeoutMs, (): never => {
    throw new TimeoutError(message);
  });
}
