import { InvalidInputError } from "../errors.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;

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

/** Checks one line of text: not blank, without control characters. */
export function parseLine(field: string, text: string, max: number): string {
  parseText(field, text, max);
  if (CONTROL.test(text)) throw new InvalidInputError(field, `${field} must not contain control characters.`);
  if (text.trim() === "") throw new InvalidInputError(field, `${field} must not be blank.`);
  return text;
}

/** Checks a line without blanks at its ends. */
export function parseTrimmedLine(field: string, text: string, max: number): string {
  parseLine(field, text, max);
  if (text.trim() !== text) throw new InvalidInputError(field, `${field} must not begin or end with a blank.`);
  return text;
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

const DESCRIPTION_MAX = 100_000;

/** Checks a description: free text of at most 100 000 characters. */
export function parseDescription(field: string, description: string): string {
  return parseText(field, description, DESCRIPTION_MAX);
}
