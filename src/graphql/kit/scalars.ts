import { GraphQLError, Kind, type ValueNode } from "graphql";
import { parseRfc3339 } from "../../domain/values/date-time.js";
import { inexactNumberOf, rememberLostNumber, rememberNumber } from "../../util/exact-json.js";
import { builder } from "./builder.js";

builder.scalarType("DateTime", {
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  description:
    "A point in time as RFC 3339 text. It is given in UTC and with milliseconds, such as `2026-11-23T08:30:00.000Z`. It is taken with any offset, in the years 0001 to 9999; digits after the milliseconds are cut off, and a leap second (`23:59:60` in UTC, at the end of a month) is the second after it.",
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parseDateTime,
});

builder.scalarType("Long", {
  // I-JSON: the whole numbers that a double holds exactly
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc7493#section-2.2",
  description: "A whole number from -2⁵³+1 to 2⁵³-1, the range that every JSON client reads exactly.",
  serialize: Number,
  parseValue: parseLong,
});

builder.scalarType("MetricValue", {
  specifiedByURL: "https://doi.org/10.1109/IEEESTD.2019.8766229",
  description:
    'A double-precision number (IEEE 754): a number, or one of the strings `"NaN"`, `"Infinity"` and `"-Infinity"`, for which JSON has no number.',
  serialize: (value) => (Number.isFinite(value) ? value : String(value)),
  parseValue: parseMetricValue,
});

builder.scalarType("JSON", {
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc8259",
  description:
    'Any JSON value that a client supplied, returned unchanged: at most 32 levels deep, without the key "__proto__". A number is an IEEE 754 double. A fraction becomes the nearest one, and -0 becomes 0. An integer that would come back with other digits, and a number that overflows to infinity or underflows to zero, is refused with `INVALID_INPUT` and its path: send it as text.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => toJson(node as ValueNode, variables),
});

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/**
 * As `valueFromASTUntyped` of graphql-js, which loses how a number was written. Undefined for a variable that is absent: a
 * field of an object is left out then, and an element of a list is null (GraphQL, October 2021, §3.10 and §3.11).
 */
function toJson(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.VARIABLE:
      return fromVariable(variables?.[node.name.value]);
    case Kind.LIST: {
      const list = node.values.map((value) => toJson(value, variables) ?? null);
      for (const [index, value] of node.values.entries()) rememberLiteral(list, String(index), value);
      return list;
    }
    case Kind.OBJECT: {
      // without a prototype, so that "__proto__" is a key like any other, and refused as such
      const object: Record<string, unknown> = Object.create(null);
      for (const { name, value } of node.fields) {
        const member = toJson(value, variables);
        if (member === undefined) continue;
        object[name.value] = member;
        rememberLiteral(object, name.value, value);
      }
      return object;
    }
    default:
      return node.value;
  }
}

/** The value of a variable of another type in its form as JSON. */
function fromVariable(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (!Array.isArray(value)) return value;
  const list: unknown[] = value.map(fromVariable);
  for (const [index, member] of list.entries()) {
    if (typeof member !== "number") continue;
    const written = inexactNumberOf(value, String(index));
    if (written === undefined) rememberLostNumber(list, String(index), member);
    else rememberNumber(list, String(index), written);
  }
  return list;
}

function rememberLiteral(
  holder: Readonly<Record<string, unknown>> | readonly unknown[],
  key: string,
  node: ValueNode,
): void {
  if (node.kind === Kind.INT || node.kind === Kind.FLOAT) rememberNumber(holder, key, node.value);
  const member = (holder as Readonly<Record<string, unknown>>)[key];
  // the scalar of the variable has taken the number already
  if (node.kind === Kind.VARIABLE && typeof member === "number") rememberLostNumber(holder, key, member);
}

function parseDateTime(value: unknown): Date {
  const time = typeof value === "string" ? parseRfc3339(value) : null;
  if (time) return time;
  throw new GraphQLError(
    "DateTime must be RFC 3339 text with an offset, such as 2026-11-23T08:30:00.000Z: a day of the calendar, and a time from 00:00:00 to 23:59:59.",
  );
}

const NOT_FINITE: ReadonlySet<unknown> = new Set(["NaN", "Infinity", "-Infinity"]);

function parseMetricValue(value: unknown): number {
  // JSON.parse turns a number beyond the range of doubles into an infinity that the client did not send.
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (NOT_FINITE.has(value)) return Number(value);
  throw new GraphQLError('MetricValue must be a number, "NaN", "Infinity" or "-Infinity".');
}

function parseLong(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw new GraphQLError("Long must be a whole number between -2^53 and 2^53.");
}
