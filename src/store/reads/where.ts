import { compileColumn } from "./column-condition.js";
import type { Relation } from "./datamodel.js";
import { compileGlobs } from "./glob-condition.js";
import { asList, isObject, type Tree, type TreeObject } from "./lift.js";
import { column, NotCompiled, type Source, type StatementBuilder } from "./statement-builder.js";

const RELATION_OPERATORS = new Set(["is", "isNot"]);

/** The conditions of a Prisma filter that must all hold, in SQL. `isRequired`: whether they decide alone which rows are read. */
export function compileWhere(
  builder: StatementBuilder,
  source: Source,
  where: Tree | undefined,
  isRequired: boolean,
): string[] {
  if (where === undefined) return [];
  if (!isObject(where)) throw new NotCompiled();
  return Object.entries(where).flatMap(([name, value]) => {
    if (name === "AND") return asList(value).flatMap((part) => compileWhere(builder, source, part, isRequired));
    if (name === "OR") return compileOr(builder, source, value);
    if (name === "NOT") return asList(value).map((part) => negation(compileWhere(builder, source, part, false)));
    const known = source.table.columns.get(name);
    if (known) return compileColumn(builder, source, { column: known, isRequired }, value);
    const relation = source.table.relations.get(name);
    if (!relation) throw new NotCompiled();
    return relation.isList
      ? compileMany(builder, source, relation, value)
      : compileOne(builder, source, { relation, isRequired }, value);
  });
}

function compileOr(builder: StatementBuilder, source: Source, parts: Tree): string {
  // Prisma leaves an empty one out, but not everywhere
  if (!Array.isArray(parts)) throw new NotCompiled();
  const { globs, others } = compileGlobs(builder, source, parts);
  return `(${[...others.map((part) => conjunction(compileWhere(builder, source, part, false))), ...globs].join(" OR ")})`;
}

/** An alternative or a negation without any condition: Prisma leaves some of them out. */
function conjunction(conditions: readonly string[]): string {
  if (conditions.length === 0) throw new NotCompiled();
  return conditions.length === 1 ? String(conditions[0]) : `(${conditions.join(" AND ")})`;
}

function negation(conditions: readonly string[]): string {
  return `(NOT ${conjunction(conditions)})`;
}

interface OneCondition {
  readonly relation: Relation;
  readonly isRequired: boolean;
}

function compileOne(builder: StatementBuilder, source: Source, one: OneCondition, value: Tree): string[] {
  if (value === null) return [isMissing(builder, source, one.relation)];
  if (!isObject(value)) throw new NotCompiled();
  if (!Object.keys(value).some((name) => RELATION_OPERATORS.has(name))) return isOne(builder, source, one, value);
  return Object.entries(value).flatMap(([name, where]) => {
    if (!RELATION_OPERATORS.has(name)) throw new NotCompiled();
    const isNegated = name === "isNot";
    if (where === null) {
      const missing = isMissing(builder, source, one.relation);
      return isNegated ? `(NOT ${missing})` : missing;
    }
    return isNegated ? isNotOne(builder, source, one.relation, where) : isOne(builder, source, one, where);
  });
}

function isMissing(builder: StatementBuilder, source: Source, relation: Relation): string {
  if (relation.isOwner) return `${column(source, relation.ownColumn)} IS NULL`;
  return `${column(builder.join(source, relation), relation.otherColumn)} IS NULL`;
}

function isOne(
  builder: StatementBuilder,
  source: Source,
  { relation, isRequired }: OneCondition,
  where: Tree,
): string[] {
  const joined = builder.join(source, relation);
  const conditions = compileWhere(builder, joined, where, isRequired);
  // Prisma does not ask then whether there is such a row
  if (conditions.length === 0) return [];
  return [conjunction([...conditions, `${column(joined, relation.otherColumn)} IS NOT NULL`])];
}

function isNotOne(builder: StatementBuilder, source: Source, relation: Relation, where: Tree): string {
  const joined = builder.join(source, relation);
  const negated = negation(compileWhere(builder, joined, where, false));
  return `(${negated} OR ${column(joined, relation.otherColumn)} IS NULL)`;
}

function compileMany(builder: StatementBuilder, source: Source, relation: Relation, value: Tree): string[] {
  if (!isObject(value)) throw new NotCompiled();
  return Object.entries(value).map(([name, where]) => {
    switch (name) {
      case "some":
        return exists(builder, source, relation, { where });
      case "none":
        return `(NOT ${exists(builder, source, relation, { where })})`;
      case "every":
        return `(NOT ${exists(builder, source, relation, { NOT: where })})`;
      default:
        throw new NotCompiled();
    }
  });
}

function exists(builder: StatementBuilder, source: Source, relation: Relation, filter: TreeObject): string {
  const related = builder.source(relation.table);
  const where = "NOT" in filter ? { NOT: filter.NOT ?? null } : filter.where;
  const conditions = compileWhere(builder, related, where, false);
  const all = [...conditions, `${column(related, relation.otherColumn)} = ${column(source, relation.ownColumn)}`];
  return `EXISTS (SELECT FROM ${builder.from(related)} WHERE ${all.join(" AND ")})`;
}
