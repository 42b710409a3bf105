import pg from "pg";
import { Prisma } from "../generated/client.js";

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
export const RAW_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (type: number, format?: "text" | "binary") =>
    PARSERS.get(type) ?? pg.types.getTypeParser(type, format),
};

/** A parameter as Prisma's raw queries send it. Lists of dates are not used. */
export function toParameter(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}
