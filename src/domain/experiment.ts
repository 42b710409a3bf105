import { InvalidInputError } from "./errors.js";
import { parseLine } from "./text.js";

export const EXPERIMENT_NAME_MAX = 500;

/** An experiment's name: one line of NFC text, at most 500 characters, without blanks at its ends. `/` makes folders of names. */
export function parseExperimentName(field: string, name: string): string {
  parseLine(field, name, EXPERIMENT_NAME_MAX);
  if (name.trim() !== name) throw new InvalidInputError(field, `${field} must not begin or end with a blank.`);
  if (name.normalize("NFC") !== name) {
    throw new InvalidInputError(field, `${field} must be in Unicode normalization form C (NFC).`);
  }
  return name;
}
