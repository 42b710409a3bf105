import { parseName } from "../values/text.js";

const EXPERIMENT_NAME_MAX = 500;

/** The experiment that MLflow clients log to when they name none. */
export const DEFAULT_EXPERIMENT = { name: "Default", number: 0 } as const;

/** Checks an experiment's name: one line of NFC text, at most 500 characters, without blanks at its ends. `/` is allowed. */
export function parseExperimentName(field: string, name: string): string {
  return parseName(field, name, EXPERIMENT_NAME_MAX);
}
