import { GraphQLError, type ValueNode, valueFromASTUntyped } from "graphql";
import { builder } from "./builder.js";

builder.scalarType("DateTime", {
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  description: "A point in time as RFC 3339 text, in UTC and with milliseconds, such as `2026-11-23T08:30:00.000Z`.",
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
    'Any JSON value that a client supplied, returned unchanged: at most 32 levels deep, without the key "__proto__".',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node as ValueNode, variables),
});

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function parseDateTime(value: unknown): Date {
  const date = typeof value === "string" && RFC_3339.test(value) && isOnCalendar(value) ? new Date(value) : null;
  const year = date?.getUTCFullYear();
  if (!date || !year || year < 1 || year > 9999) {
    throw new GraphQLError("DateTime must be RFC 3339 text with an offset, such as 2026-11-23T08:30:00.000Z.");
  }
  return date;
}

/** V8 parses February 30 as March 2. */
function isOnCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
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
