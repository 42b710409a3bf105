import { PATTERN_LENGTH_MAX, patternFault } from "../../../util/linear-pattern.js";
import { InvalidInputError } from "../../errors.js";
import { requireAtMost } from "../../values/list.js";
import { parseAnyLine } from "../../values/text.js";

/** Ten years: what takes longer is a mistake. */
const SECONDS_MAX = 10 * 366 * 86_400;

/** Checks a list in which nothing may stand twice. An empty one is refused: nothing could meet it. */
export function parseDistinct<T extends string>(
  field: string,
  list: readonly T[],
  max: number,
  parse: (field: string, entry: T) => T = (_, entry) => entry,
): T[] {
  if (list.length === 0) throw new InvalidInputError(field, `${field} must not be empty: nothing could meet it.`);
  requireAtMost(field, list, max);
  return list.map((entry, index) => {
    const at = `${field}[${index}]`;
    if (list.indexOf(entry) < index) throw new InvalidInputError(at, `${at} stands in the list already.`);
    return parse(at, entry);
  });
}

export function parsePattern(field: string, pattern: string): string {
  parseAnyLine(field, pattern, PATTERN_LENGTH_MAX);
  const fault = patternFault(pattern);
  if (fault === null) return pattern;
  throw new InvalidInputError(
    field,
    `${field} must be a pattern in the syntax of RE2, without look-around and back-references: ${fault}.`,
  );
}

export function parseSeconds(field: string, seconds: number, min: 0 | 1): number {
  return parseInteger(field, seconds, min, SECONDS_MAX);
}

export function parseInteger(field: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InvalidInputError(field, `${field} must be an integer from ${min} to ${max}.`);
}
