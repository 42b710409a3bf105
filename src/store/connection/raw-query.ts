import pg from "pg";
import { Prisma } from "../generated/client.js";
import { withConstantLimits } from "../plans/constant-limits.js";

const { builtins } = pg.types;

type Parse = (text: string) => unknown;

/** Every session is in UTC: `2026-01-31 12:00:00.5+00`. */
const toDate: Parse = (text) => new Date(`${text.slice(0, -3).replace(" ", "T")}Z`);

/** The types that Prisma's raw queries return in another form than `pg` does. */
const PARSERS = new Map<number, Parse>([
  [builtins.INT8, BigInt],
  [builtins.TIMESTAMPTZ, toDate],
  [builtins.NUMERIC, (text) => new Prisma.Decimal(text)],
  [builtins.BYTEA, (text) => Uint8Array.from(Buffer.from(text.slice(2), "hex"))],
]);

/** Reads values of rows as Prisma's raw queries do. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (type: number, format?: "text" | "binary") =>
    PARSERS.get(type) ?? pg.types.getTypeParser(type, format),
};

/** The name of a prepared statement; "" for one that is planned each time. */
export type NameOf = (statement: { readonly sql: string }) => string;

/** A statement that is written by hand, for a connection, as Prisma's raw queries send it and read its rows. */
export function toRawQuery(
  { text, values }: { readonly text: string; readonly values: readonly unknown[] },
  nameOf: NameOf,
): pg.QueryConfig {
  const { sql, args } = withConstantLimits({ sql: text, args: [...values], argTypes: [] });
  const name = nameOf({ sql });
  const query = { text: sql, values: args.map(toParameter), types: TYPES };
  return name === "" ? query : { ...query, name };
}

/** What a tagged template, or the function of it, was called with. */
export function toSql(query: TemplateStringsArray | Prisma.Sql, values: readonly unknown[]): Prisma.Sql {
  return "raw" in query ? Prisma.sql(query, ...values) : query;
}

/** Lists of dates are not used. */
function toParameter(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}
