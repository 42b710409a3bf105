import { InvalidInputError } from "../errors.js";
import { parseName, parseText } from "../values/text.js";

export const MODEL_NAME_MAX = 256;
export const DESCRIPTION_MAX = 100_000;

/**
 * A model name: non-blank NFC text of at most 256 characters without `/`, `:` or control characters, without blanks at
 * its ends (MLflow's rules for names in its own URIs) and without a leading `-` (so that it is never an option).
 */
export function parseModelName(field: string, name: string): string {
  parseName(field, name, MODEL_NAME_MAX);
  if (/[/:]/.test(name)) throw new InvalidInputError(field, `${field} must not contain "/" or ":".`);
  if (name.startsWith("-")) throw new InvalidInputError(field, `${field} must not begin with "-".`);
  return name;
}

export function parseDescription(field: string, description: string): string {
  return parseText(field, description, DESCRIPTION_MAX);
}
