import { InvalidInputError } from "../errors.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;

/** Counts characters as PostgreSQL and MLflow do: by code point. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether a database can keep the text: Unicode without U+0000. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\u0000");
}

/** Free text that people read or programs wrote: storable as it is, up to a limit in characters. */
export function parseText(field: string, text: string, max: number): string {
  if (text.includes("\u0000")) throw new InvalidInputError(field, `${field} must not contain the character U+0000.`);
  if (!text.isWellFormed()) throw new InvalidInputError(field, `${field} must be well-formed Unicode.`);
  if (text.length > max && countCharacters(text) > max) {
    throw new InvalidInputError(field, `${field} has ${countCharacters(text)} characters; at most ${max} are allowed.`);
  }
  return text;
}

/** Text that names something: one line, not blank, without control characters. */
export function parseLine(field: string, text: string, max: number): string {
  parseText(field, text, max);
  if (CONTROL.test(text)) throw new InvalidInputError(field, `${field} must not contain control characters.`);
  if (text.trim() === "") throw new InvalidInputError(field, `${field} must not be blank.`);
  return text;
}

/** A line that others look up: written in one way only, so in NFC (UAX #15) and without blanks at its ends. */
export function parseName(field: string, name: string, max: number): string {
  parseLine(field, name, max);
  if (name.trim() !== name) throw new InvalidInputError(field, `${field} must not begin or end with a blank.`);
  if (name.normalize("NFC") !== name) {
    throw new InvalidInputError(field, `${field} must be in Unicode normalization form C (NFC).`);
  }
  return name;
}

/** A cleared or absent text passes through; anything else is parsed. */
export function parseOptional<T extends string | null | undefined>(
  text: T,
  parse: (text: string) => string,
): string | Exclude<T, string> {
  return typeof text === "string" ? parse(text) : (text as Exclude<T, string>);
}
