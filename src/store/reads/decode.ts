import type { Column, ColumnType } from "./datamodel.js";

/** Makes the value that Prisma returns for a column out of what the database sent. */
export type Decode = (sent: unknown) => unknown;

interface Form {
  /** How the column is selected. */
  readonly select: (sql: string) => string;
  readonly decode: Decode;
}

const asIs: Form = { select: (sql) => sql, decode: (sent) => sent };

const toDate = (sent: unknown) => new Date(String(sent));

/** Every session is in UTC: `2026-01-31 12:00:00.5+00`. */
const toDateOfText = (sent: unknown) => new Date(`${String(sent).slice(0, -3).replace(" ", "T")}Z`);

const toBytes = (sent: unknown) => Uint8Array.from(Buffer.from(String(sent), "hex"));

/** A column of a row, which arrives as the database's text. */
const OF_ROW: Record<ColumnType, Form> = {
  String: asIs,
  Enum: asIs,
  Int: { ...asIs, decode: Number },
  BigInt: { ...asIs, decode: (sent) => BigInt(String(sent)) },
  DateTime: { ...asIs, decode: toDateOfText },
  Boolean: { ...asIs, decode: (sent) => sent === "t" },
  Json: { ...asIs, decode: (sent) => JSON.parse(String(sent)) },
  Bytes: { select: (sql) => `encode(${sql}, 'hex')`, decode: toBytes },
};

/** A column within JSON, which holds no whole numbers above 2^53. */
const OF_JSON: Record<ColumnType, Form> = {
  String: asIs,
  Enum: asIs,
  Int: asIs,
  BigInt: { select: (sql) => `${sql}::text`, decode: (sent) => BigInt(String(sent)) },
  DateTime: { ...asIs, decode: toDate },
  Boolean: asIs,
  Json: asIs,
  Bytes: OF_ROW.Bytes,
};

const LIST_OF_ROW: Form = { select: (sql) => `to_json(${sql})`, decode: (sent) => JSON.parse(String(sent)) };

export type Encoding = "row" | "json";

/** How a column is selected and decoded. Null stays null. */
export function formOf({ type, isList }: Column, encoding: Encoding): Form {
  if (isList) return encoding === "row" ? LIST_OF_ROW : asIs;
  return encoding === "row" ? OF_ROW[type] : OF_JSON[type];
}
