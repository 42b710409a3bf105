import { LOWEST_NUMBER_RANK, toRank } from "../../domain/tracking/metric.js";
import { textArray } from "../access/like-patterns.js";
import { Prisma } from "../generated/client.js";

/** A condition on a text. In a pattern `%` is any text and `_` any character; nothing escapes them. */
export type TextComparison =
  | { readonly op: "=" | "!=" | "LIKE" | "ILIKE"; readonly value: string }
  | { readonly op: "IN" | "NOT IN"; readonly values: readonly string[] };

export interface NumberComparison {
  readonly op: "=" | "!=" | "<" | "<=" | ">" | ">=";
  readonly value: number;
}

/** A condition on a tag; without `is`, that there is one. What does not have the tag matches only `IS NULL`. */
export interface TagComparison {
  readonly key: string;
  readonly is?: TextComparison | Presence | undefined;
}

interface Presence {
  readonly op: "IS NULL" | "IS NOT NULL";
}

const NUMBER_OPERATORS: Readonly<Record<NumberComparison["op"], Prisma.Sql>> = {
  "=": Prisma.sql`=`,
  "!=": Prisma.sql`<>`,
  "<": Prisma.sql`<`,
  "<=": Prisma.sql`<=`,
  ">": Prisma.sql`>`,
  ">=": Prisma.sql`>=`,
};

const MAX_INT = 2 ** 31 - 1;

/** `copy` is the same text in the collation of the database, where the column itself is in "C". */
export function textSql(column: Prisma.Sql, is: TextComparison, copy: Prisma.Sql = column): Prisma.Sql {
  switch (is.op) {
    case "=":
      return Prisma.sql`${column} = ${is.value}`;
    case "!=":
      return Prisma.sql`${column} <> ${is.value}`;
    case "LIKE":
      // without an escape character no pattern is malformed
      return Prisma.sql`${column} LIKE ${is.value} ESCAPE ''`;
    case "ILIKE":
      return Prisma.sql`${copy} ILIKE ${is.value} ESCAPE ''`;
    case "IN":
      return Prisma.sql`${column} = ANY(${textArray(is.values)}::text[])`;
    case "NOT IN":
      return Prisma.sql`${column} <> ALL(${textArray(is.values)}::text[])`;
  }
}

/** What no `integer` can be is compared as the nearest one, which no row has. */
export function numberSql(column: Prisma.Sql, { op, value }: NumberComparison): Prisma.Sql {
  const nearest = Math.max(-MAX_INT, Math.min(MAX_INT, value));
  return Prisma.sql`${column} ${NUMBER_OPERATORS[op]} ${nearest}::int`;
}

/** The last millisecond that a text of four digits for the year can say. */
const LAST_MILLISECOND = 253_402_300_799_999;

/** The value is in milliseconds since 1970. */
export function timeSql(column: Prisma.Sql, { op, value }: NumberComparison): Prisma.Sql {
  const nearest = new Date(Math.max(-1, Math.min(LAST_MILLISECOND, value)));
  return Prisma.sql`${column} ${NUMBER_OPERATORS[op]} ${nearest}::timestamptz`;
}

/** On a value of a metric, as its rank. NaN is neither less nor greater than anything, and equal to nothing. */
export function rankSql(column: Prisma.Sql, { op, value }: NumberComparison): Prisma.Sql {
  const isNumber = op === "!=" ? Prisma.sql`true` : Prisma.sql`${column} >= ${String(LOWEST_NUMBER_RANK)}::bigint`;
  return Prisma.sql`(${column} ${NUMBER_OPERATORS[op]} ${String(toRank(value))}::bigint AND ${isNumber})`;
}

/** The keys and values of a noun: tags, or params of runs. */
interface TagTable {
  readonly table:
    | "ModelTag"
    | "ModelVersionTag"
    | "ExperimentTag"
    | "RunTag"
    | "RunParam"
    | "LoggedModelTag"
    | "LoggedModelParam";
  readonly owner: "modelId" | "versionId" | "experimentId" | "runId" | "loggedModelId";
  readonly row: Prisma.Sql;
}

/** Whether a row has a tag or a param with such a value. The index of tags is on the hash of key and value. */
export function tagSql({ table, owner, row }: TagTable, { key, is }: TagComparison): Prisma.Sql {
  const tag = Prisma.raw(`"${table}"`);
  if (is && isPresence(is)) {
    const negation = is.op === "IS NULL" ? Prisma.sql`NOT` : Prisma.empty;
    return Prisma.sql`${negation} EXISTS (
      SELECT FROM ${tag} AS t WHERE t.${Prisma.raw(`"${owner}"`)} = ${row} AND t."key" = ${key})`;
  }
  const hash = is?.op === "=" ? Prisma.sql`AND t."pairHash" = md5(${`${key}=${is.value}`})` : Prisma.empty;
  const value = is ? Prisma.sql`AND ${textSql(Prisma.sql`t."value"`, is)}` : Prisma.empty;
  return Prisma.sql`EXISTS (
    SELECT FROM ${tag} AS t
    WHERE t.${Prisma.raw(`"${owner}"`)} = ${row} AND t."key" = ${key} ${hash} ${value})`;
}

function isPresence(is: TextComparison | Presence): is is Presence {
  return is.op === "IS NULL" || is.op === "IS NOT NULL";
}
