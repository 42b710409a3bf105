import { parseName } from "../values/text.js";

const EXPERIMENT_NAME_MAX = 500;

/** Checks an experiment's name: one line of NFC text, at most 500 characters, without blanks at its ends. `/` is allowed. */
export function parseExperimentName(field: string, name: string): string {
  return parseName(field, name, EXPERIMENT_NAME_MAX);
}
