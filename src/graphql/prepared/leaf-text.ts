import { type GraphQLLeafType, isEnumType } from "graphql";
import { Unusual } from "./unusual.js";

/** Writes a value of a leaf type, which is not null, as JSON. Throws what the type throws for a value that it does not have. */
export type LeafText = (value: unknown) => string;

const INT_MAX = 2 ** 31 - 1;
const INT_MIN = -(2 ** 31);
/** What JSON escapes, and half of a surrogate pair, which it may escape (ECMA-262 §25.5.2.3). */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;
/** Of longer texts, `JSON.stringify` is faster. */
const SHORT = 100;

export function leafText(type: GraphQLLeafType): LeafText {
  const serialized = (value: unknown) => jsonOf(type.serialize(value), type);
  if (isEnumType(type)) {
    const known = new Map(type.getValues().map(({ name, value }) => [value as unknown, `"${name}"`]));
    return (value) => known.get(value) ?? serialized(value);
  }
  switch (type.name) {
    case "String":
    case "ID":
      return (value) => (typeof value === "string" ? quote(value) : serialized(value));
    case "Int":
      return (value) => (isInt(value) ? String(value) : serialized(value));
    case "Boolean":
      return (value) => (typeof value === "boolean" ? String(value) : serialized(value));
    default:
      return serialized;
  }
}

function jsonOf(value: unknown, { name }: GraphQLLeafType): string {
  if (typeof value === "string") return quote(value);
  // what JSON has no form for, such as a function, has no text
  const text = value === null ? undefined : (JSON.stringify(value) as string | undefined);
  if (text === undefined) throw new Unusual(`A ${name} cannot be written.`);
  return text;
}

function quote(text: string): string {
  return text.length > SHORT || ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function isInt(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) <= INT_MAX && (value as number) >= INT_MIN;
}
