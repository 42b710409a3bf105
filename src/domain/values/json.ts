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

/** Checks JSON that a user supplies: an object or list that the database can store, at most 32 levels deep. */
export function parseUserJson(field: string, value: unknown, maxBytes = USER_JSON_MAX): JsonValue {
  if (value === null || typeof value !== "object") {
    throw new InvalidInputError(field, `${field} must be a JSON object or list.`);
  }
  checkStorable(field, value as JsonValue, 1);
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxBytes) {
    throw new InvalidInputError(
      field,
      `${field} has ${Buffer.byteLength(text)} bytes; at most ${maxBytes} are allowed.`,
    );
  }
  return value as JsonValue;
}

function checkStorable(field: string, value: JsonValue, depth: number): void {
  if (typeof value === "string" && !isStorable(value)) {
    throw new InvalidInputError(field, `${field} must be well-formed Unicode without U+0000.`);
  }
  if (value === null || typeof value !== "object") return;
  if (depth > DEPTH_MAX) throw new InvalidInputError(field, `${field} is nested deeper than ${DEPTH_MAX} levels.`);
  for (const [key, member] of Object.entries(value)) {
    // Code that copies such an object, in libraries too, loses the key or sets the prototype with it.
    if (key === "__proto__") throw new InvalidInputError(field, `${field} must not contain the key "__proto__".`);
    checkStorable(field, key, depth);
    checkStorable(field, member, depth + 1);
  }
}
