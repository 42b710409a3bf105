import { GraphQLError, type ValueNode, valueFromASTUntyped } from "graphql";
import { parseRfc3339 } from "../../domain/values/date-time.js";
import { builder } from "./builder.js";

builder.scalarType("DateTime", {
  description:
    "A point in time as RFC 3339 text. It is given in UTC and with milliseconds, such as `2026-11-23T08:30:00.000Z`. It is taken with any offset, in the years 0001 to 9999; digits after the milliseconds are cut off, and a leap second (`23:59:60` in UTC, at the end of a month) is the second after it.",
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parseDateTime,
});

builder.scalarType("Long", {
  description: "A whole number from -2⁵³+1 to 2⁵³-1, the range that every JSON client reads exactly.",
  serialize: Number,
  parseValue: parseLong,
});

builder.scalarType("MetricValue", {
  description:
    'A double-precision number (IEEE 754): a number, or one of the strings `"NaN"`, `"Infinity"` and `"-Infinity"`, for which JSON has no number.',
  serialize: (value) => (Number.isFinite(value) ? value : String(value)),
  parseValue: parseMetricValue,
});

builder.scalarType("JSON", {
  description:
    'Any JSON value that a client supplied, returned unchanged: at most 32 levels deep, without the key "__proto__".',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node as ValueNode, variables),
});

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
