import { InvalidInputError } from "../../src/domain/errors.js";

/** The sentence and the field with which the work was refused; fails if it was not. */
export function refusalOf(work: () => unknown): { message: string; field: unknown } {
  try {
    const result = work();
    throw new Error(`was not refused: ${JSON.stringify(result)}`);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { message: error.message, field: error.details.field };
  }
}
