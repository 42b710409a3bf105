import { RE2JS, RE2JSException } from "re2js";

const LENGTH_MAX = 500;

/** Why the text is no pattern; null if it is one. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > LENGTH_MAX) return `it is longer than ${LENGTH_MAX} characters`;
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}

/** Whether the whole text matches the pattern, in the syntax of RE2: the time grows with the length of the text alone. */
export function matchesPattern(pattern: string, text: string): boolean {
  return RE2JS.compile(pattern).matches(text);
}
