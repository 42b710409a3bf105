import { inexactNumberOf } from "../../util/exact-json.js";
import { InvalidInputError } from "../errors.js";
import { isStorable } from "./text.js";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

const DEPTH_MAX = 32;
/** The most bytes of a JSON value that a user supplies. */
export const USER_JSON_MAX = 1_000_000;

/** Serializes JSON in the canonical form of RFC 8785: keys sorted by UTF-16 code unit, numbers and strings as ECMAScript writes them. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") return `{${canonicalMembers(value as JsonObject)}}`;
  return JSON.stringify(value);
}

/** The members of an object in canonical form, without the braces around them. */
export function canonicalMembers(object: JsonObject): string {
  return Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] as JsonValue)}`)
    .join(",");
}

/**
 * Checks JSON that a user supplies: an object or list that the database can store, at most 32 levels deep, whose numbers are
 * what the client wrote. Throws an InvalidInputError with the path of what is wrong.
 */
export function parseUserJson(field: string, value: unknown, maxBytes = USER_JSON_MAX): JsonValue {
  if (value === null || typeof value !== "object") {
    throw new InvalidInputError(field, `${field} must be a JSON object or list.`);
  }
  requireNesting(field, value as JsonObject);
  checkMembers(field, value as JsonObject);
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxBytes) {
    throw new InvalidInputError(
      field,
      `${field} has ${Buffer.byteLength(text)} bytes; at most ${maxBytes} are allowed.`,
    );
  }
  return value as JsonValue;
}

/** Checked first, so that what follows cannot exhaust the stack. */
function requireNesting(field: string, value: JsonObject | readonly JsonValue[], depth = 1): void {
  if (depth > DEPTH_MAX) throw new InvalidInputError(field, `${field} is nested deeper than ${DEPTH_MAX} levels.`);
  for (const member of Object.values(value))
    if (typeof member === "object" && member !== null) requireNesting(field, member, depth + 1);
}

function checkMembers(field: string, holder: JsonObject | readonly JsonValue[]): void {
  for (const [key, member] of Object.entries(holder)) {
    const path = Array.isArray(holder) ? `${field}[${key}]` : `${field}.${key}`;
    // Code that copies such an object, in libraries too, loses the key or sets the prototype with it.
    if (key === "__proto__") throw new InvalidInputError(field, `${field} must not contain the key "__proto__".`);
    requireStorable(field, key);
    if (typeof member === "string") requireStorable(path, member);
    if (typeof member === "number") requireExact(path, inexactNumberOf(holder, key));
    if (typeof member === "object" && member !== null) checkMembers(path, member);
  }
}

function requireStorable(field: string, text: string): void {
  if (!isStorable(text)) throw new InvalidInputError(field, `${field} must be well-formed Unicode without U+0000.`);
}

const SHOWN_DIGITS = 40;

/** JSON has numbers of any size; a program that reads them as doubles changes some in silence (RFC 8259 §6). */
function requireExact(field: string, written: string | undefined): void {
  if (written === undefined) return;
  const shown = written.length > SHOWN_DIGITS ? `${written.slice(0, SHOWN_DIGITS)}…` : written;
  throw new InvalidInputError(
    field,
    `${field} is the number ${shown}, which would come back changed: numbers are IEEE 754 doubles. Send it as text.`,
  );
}
