import { InvalidInputError } from "../errors.js";
import { parseName } from "../values/text.js";

const MODEL_NAME_MAX = 256;

/** How an input refers to a model. A name refers to the living model of that name. */
export type ModelRef = { readonly id: string } | { readonly name: string };

/**
 * Checks a model's name: non-blank NFC text of at most 256 characters, without `/`, `:` or control characters (MLflow's
 * rules for names in its URIs), without blanks at its ends, and without a leading `-`, so that it is never a CLI option.
 */
export function parseModelName(field: string, name: string): string {
  parseName(field, name, MODEL_NAME_MAX);
  if (/[/:]/.test(name)) throw new InvalidInputError(field, `${field} must not contain "/" or ":".`);
  if (name.startsWith("-")) throw new InvalidInputError(field, `${field} must not begin with "-".`);
  return name;
}
