import { RE2JS, RE2JSException } from "re2js";

/** The most characters of a pattern. */
export const PATTERN_LENGTH_MAX = 500;
/** The time to match grows with this too. Repeats multiply: `a{0,1000}`, 55 times over, makes 110 000 of 495 characters. */
const INSTRUCTIONS_MAX = 1_000;

/** Why the text is no pattern; null if it is one. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > PATTERN_LENGTH_MAX) return `it is longer than ${PATTERN_LENGTH_MAX} characters`;
  try {
    const size = RE2JS.compile(pattern).programSize();
    return size <= INSTRUCTIONS_MAX ? null : "its repeats make it too large";
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}

/** Whether the whole text matches the pattern, in the syntax of RE2: the time grows with the length of the text, times a bounded one. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compiled(pattern).matches(text);
}

const KEPT_MAX = 200;
const kept = new Map<string, RE2JS>();

/** A long pattern takes as long to compile as to match. */
function compiled(pattern: string): RE2JS {
  const known = kept.get(pattern);
  if (known) return known;
  if (kept.size >= KEPT_MAX) kept.clear();
  const made = RE2JS.compile(pattern);
  kept.set(pattern, made);
  return made;
}
