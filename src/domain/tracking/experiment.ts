import { parseName } from "../values/text.js";

export const EXPERIMENT_NAME_MAX = 500;

/** An experiment's name: one line of NFC text, at most 500 characters, without blanks at its ends. `/` makes folders of names. */
export function parseExperimentName(field: string, name: string): string {
  return parseName(field, name, EXPERIMENT_NAME_MAX);
}
