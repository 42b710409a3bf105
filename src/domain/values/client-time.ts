import { InvalidInputError } from "../errors.js";

/** Checks a time that a client reports, from its own clock: it must not be before 1970. */
export function parseClientTime(field: string, time: Date): Date {
  if (time.getTime() < 0) throw new InvalidInputError(field, `${field} must not be before 1970.`);
  return time;
}
