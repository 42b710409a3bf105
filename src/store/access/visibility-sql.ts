import type { Viewer } from "../../domain/access/actor.js";
import type { AnyCondition } from "../../domain/access/condition.js";
import { type Deleted, VISIBLE } from "../../domain/access/visibility.js";
import { Prisma } from "../generated/client.js";
import { likePatterns } from "./like-patterns.js";
import { relationOf } from "./relations.js";

/** Whether a name is one of those that the globs cover, for statements that are written by hand; null = any name. */
export function coversName(name: Prisma.Sql, globs: readonly string[] | null): Prisma.Sql {
  const patterns = likePatterns(globs);
  return patterns === null ? Prisma.sql`true` : Prisma.sql`${name} LIKE ANY(${patterns}::text[])`;
}

/** The aliases of a row and of those related rows that the statement has joined already. */
export interface Aliases {
  readonly row: string;
  readonly joined?: Readonly<Record<string, string>>;
}

/** Whether the viewer may see the row, living or with "ONLY" deleted: the rules of domain/access/visibility.ts as SQL. */
export function sees(
  noun: keyof typeof VISIBLE,
  viewer: Viewer,
  aliases: Aliases,
  deleted: Deleted = "EXCLUDE",
): Prisma.Sql {
  const rule: (viewer: Viewer, deleted: Deleted) => AnyCondition = VISIBLE[noun];
  return toSql(noun, rule(viewer, deleted), aliases);
}

/** A condition on a noun's row as an SQL predicate. */
export function toSql(noun: string, condition: AnyCondition, aliases: Aliases): Prisma.Sql {
  const column = (name: string) => columnOf(aliases.row, name);
  switch (condition.kind) {
    case "constant":
      return condition.value ? Prisma.sql`true` : Prisma.sql`false`;
    case "and":
    case "or":
      return Prisma.sql`(${Prisma.join(
        condition.of.map((part) => toSql(noun, part, aliases)),
        condition.kind === "and" ? " AND " : " OR ",
      )})`;
    case "matches":
      return coversName(column(condition.column), condition.globs);
    case "equals":
      return Prisma.sql`${column(condition.column)} = ${condition.text}`;
    case "isNull":
      return condition.value
        ? Prisma.sql`${column(condition.column)} IS NULL`
        : Prisma.sql`${column(condition.column)} IS NOT NULL`;
    case "related":
      return toRelatedSql(noun, condition, aliases);
  }
}

function toRelatedSql(
  noun: string,
  { relation: name, where }: Extract<AnyCondition, { kind: "related" }>,
  { row, joined }: Aliases,
): Prisma.Sql {
  const relation = relationOf(noun, name);
  const { table } = relation;
  const known = joined?.[name];
  if (known !== undefined) return toSql(table, where, { row: known });
  const other = `${row}_${name}`;
  const condition = toSql(table, where, { row: other });
  const from = Prisma.sql`${identifier(table)} AS ${identifier(other)}`;
  const id = (alias: string) => columnOf(alias, "id");
  switch (relation.kind) {
    case "one": {
      const key = columnOf(row, relation.column);
      const typed = relation.cast ? Prisma.sql`${key}::${Prisma.raw(relation.cast)}` : key;
      return Prisma.sql`EXISTS (SELECT FROM ${from} WHERE ${id(other)} = ${typed} AND ${condition})`;
    }
    case "many":
      return Prisma.sql`EXISTS (SELECT FROM ${from} WHERE ${columnOf(other, relation.column)} = ${id(row)} AND ${condition})`;
    case "through": {
      const link = `${other}_link`;
      return Prisma.sql`EXISTS (
        SELECT FROM ${identifier(relation.link)} AS ${identifier(link)} JOIN ${from}
          ON ${id(other)} = ${columnOf(link, relation.otherColumn)}
        WHERE ${columnOf(link, relation.ownColumn)} = ${id(row)} AND ${condition})`;
    }
  }
}

function columnOf(alias: string, name: string): Prisma.Sql {
  return Prisma.raw(`"${alias}"."${name}"`);
}

function identifier(name: string): Prisma.Sql {
  return Prisma.raw(`"${name}"`);
}
