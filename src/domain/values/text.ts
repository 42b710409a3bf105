import { InvalidInputError } from "../errors.js";
import { codePointName, findInvisible, hasVisibleCharacter } from "./invisible.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;
/** U+2028 and U+2029: the line breaks that are not control characters. */
const LINE_BREAK = /[\p{Zl}\p{Zp}]/u;
const BIDI_CONTROL = /\p{Bidi_Control}/u;
/** Embeddings, overrides and isolates. The marks U+200E, U+200F and U+061C turn nothing but themselves. */
const BIDI_OVERRIDE = /[\u202a-\u202e\u2066-\u2069]/u;

/** Counts characters by code point, as PostgreSQL and MLflow do. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether a PostgreSQL column can hold the text: well-formed Unicode without U+0000. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\u0000");
}

/** Checks free text: storable as it is, up to a limit in characters. */
export function parseText(field: string, text: string, max: number): string {
  if (text.includes("\u0000")) throw new InvalidInputError(field, `${field} must not contain the character U+0000.`);
  if (!text.isWellFormed()) throw new InvalidInputError(field, `${field} must be well-formed Unicode.`);
  if (text.length > max && countCharacters(text) > max) {
    throw new InvalidInputError(field, `${field} has ${countCharacters(text)} characters; at most ${max} are allowed.`);
  }
  return text;
}

/**
 * Checks one line of text that is only compared: a claim of a token, a pattern, what is looked up. It may hold what new names
 * may not, because a name from before that rule, or of an identity provider, may hold it.
 */
export function parseAnyLine(field: string, text: string, max: number): string {
  parseText(field, text, max);
  if (CONTROL.test(text)) throw new InvalidInputError(field, `${field} must not contain control characters.`);
  if (text.trim() === "") throw new InvalidInputError(field, `${field} must not be blank.`);
  return text;
}

/** Checks one line of text: something can be seen, and nothing breaks the line or turns the order in which it is read. */
export function parseLine(field: string, text: string, max: number): string {
  parseAnyLine(field, text, max);
  refuseMatch(field, LINE_BREAK, text, "the line break");
  refuseMatch(field, BIDI_CONTROL, text, "the control of writing direction");
  if (!hasVisibleCharacter(text)) throw new InvalidInputError(field, `${field} must have a visible character.`);
  return text;
}

/** Checks a line that somebody reads and chooses by, such as a key: each of its characters can be seen. */
export function parseLabel(field: string, text: string, max: number): string {
  parseLine(field, text, max);
  const found = findInvisible(text);
  if (found === null) return text;
  throw new InvalidInputError(
    field,
    `${field} contains ${codePointName(found)}, which cannot be seen there. U+200C and U+200D may stand only in emoji and where a script needs them.`,
  );
}

/** Checks a label without blanks at its ends. */
export function parseTrimmedLine(field: string, text: string, max: number): string {
  parseLine(field, text, max);
  // U+2800 is the blank of Braille
  if (/^[\s\u2800]|[\s\u2800]$/u.test(text)) {
    throw new InvalidInputError(field, `${field} must not begin or end with a blank.`);
  }
  return parseLabel(field, text, max);
}

/** Checks free text that lists show beside others: nothing in it turns the order in which they are read (UAX #9 §2). */
export function parseRemark(field: string, text: string, max: number): string {
  parseText(field, text, max);
  refuseMatch(field, LINE_BREAK, text, "the line break");
  refuseMatch(field, BIDI_OVERRIDE, text, "the control of writing direction");
  return text;
}

function refuseMatch(field: string, pattern: RegExp, text: string, what: string): void {
  const [found] = pattern.exec(text) ?? [];
  if (found === undefined) return;
  throw new InvalidInputError(field, `${field} must not contain ${what} ${codePointName(found)}.`);
}

/** Checks a name that clients look things up by. It has one spelling only: NFC (UAX #15), without blanks at its ends. */
export function parseName(field: string, name: string, max: number): string {
  parseTrimmedLine(field, name, max);
  if (name.normalize("NFC") !== name) {
    throw new InvalidInputError(field, `${field} must be in Unicode normalization form C (NFC).`);
  }
  return name;
}

/** Parses a text, and passes null (clear) and undefined (leave as it is) through. */
export function parseOptional<T extends string | null | undefined>(
  text: T,
  parse: (text: string) => string,
): string | Exclude<T, string> {
  return typeof text === "string" ? parse(text) : (text as Exclude<T, string>);
}

export const DESCRIPTION_MAX = 100_000;

/** Checks a description: free text of at most 100 000 characters. */
export function parseDescription(field: string, description: string): string {
  return parseText(field, description, DESCRIPTION_MAX);
}
