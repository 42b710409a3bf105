import { InvalidInputError } from "../../domain/errors.js";

/** What can be read of a text that is kept as it is anyway; null if the registry has no such thing. */
export function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof SyntaxError) return null;
    throw error;
  }
}
