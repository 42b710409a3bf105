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
  // what is no JSON would make the log unreadable, and what JSON.stringify makes of it is another value
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value)))
    throw new TypeError(`${String(value)} is no JSON value.`);
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
  if (!isHolder(value)) {
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
    const path = Array.isArray(holder) ? `${field}[${key}]` : `${field}.${shorten(key)}`;
    // Code that copies such an object, in libraries too, loses the key or sets the prototype with it.
    if (key === "__proto__") throw new InvalidInputError(field, `${field} must not contain the key "__proto__".`);
    requireStorable(field, key);
    if (typeof member === "string") requireStorable(path, member);
    else if (typeof member === "number") requireExact(path, member, inexactNumberOf(holder, key));
    else if (isHolder(member)) checkMembers(path, member);
    else if (member !== null && typeof member !== "boolean")
      throw new InvalidInputError(path, `${path} is no JSON value.`);
  }
}

/** A list, or an object that is nothing else: JSON writes others, such as a Date, in a form of their own. */
function isHolder(value: unknown): value is JsonObject | readonly JsonValue[] {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype === Object.prototype;
}

const SHOWN_CHARACTERS = 100;

function shorten(key: string): string {
  return key.length > SHOWN_CHARACTERS ? `${key.slice(0, SHOWN_CHARACTERS)}…` : key;
}

function requireStorable(field: string, text: string): void {
  if (!isStorable(text)) throw new InvalidInputError(field, `${field} must be well-formed Unicode without U+0000.`);
}

const SHOWN_DIGITS = 40;

/** JSON has numbers of any size; a program that reads them as doubles changes some in silence (RFC 8259 §6). */
function requireExact(field: string, value: number, inexact: string | undefined): void {
  const written = Number.isFinite(value) ? inexact : (inexact ?? String(value));
  if (written === undefined) return;
  const shown = written.length > SHOWN_DIGITS ? `${written.slice(0, SHOWN_DIGITS)}…` : written;
  throw new InvalidInputError(
    field,
    `${field} is the number ${shown}, which would come back changed: numbers are IEEE 754 doubles. Send it as text.`,
  );
}
