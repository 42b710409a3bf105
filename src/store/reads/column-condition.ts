import type { Column, ColumnType } from "./datamodel.js";
import { isObject, Leaf, type Tree, type TreeObject } from "./lift.js";
import type { ValueKind } from "./shape.js";
import {
  column as columnOf,
  NotCompiled,
  type Operator,
  type Source,
  type StatementBuilder,
} from "./statement-builder.js";

const KINDS: Record<ColumnType, readonly ValueKind[]> = {
  String: ["string"],
  Int: ["int"],
  BigInt: ["bigint", "int"],
  DateTime: ["date"],
  Boolean: ["boolean"],
  Enum: ["string"],
  Json: [],
  Bytes: [],
};

const ORDERING = { lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;
const PATTERNS = {
  contains: (text: string) => `%${text}%`,
  startsWith: (text: string) => `${text}%`,
  endsWith: (text: string) => `%${text}`,
} as const;

interface ColumnOfCondition {
  readonly column: Column;
  readonly isRequired: boolean;
}

/** The conditions of a Prisma filter on one column, in SQL. */
export function compileColumn(
  builder: StatementBuilder,
  source: Source,
  { column, isRequired }: ColumnOfCondition,
  value: Tree,
): string[] {
  if (column.isList) throw new NotCompiled();
  const sql = columnOf(source, column.name);
  const compare = (operator: Operator, leaf: Tree, convert?: (text: string) => string) => {
    builder.comparisons.push({ alias: source.alias, column: column.name, operator, isRequired });
    return builder.parameter(parameterOf(column, leaf, convert));
  };
  const compileOperators = (operators: TreeObject): string[] =>
    Object.entries(operators).flatMap(([name, operand]) =>
      compileOperator(name, operand, operators.mode === "insensitive"),
    );
  const compileOperator = (name: string, operand: Tree, ignoresCase: boolean): string[] => {
    if (name === "mode") return [];
    if (name in PATTERNS) {
      if (column.type !== "String") throw new NotCompiled();
      const pattern = PATTERNS[name as keyof typeof PATTERNS];
      return ignoresCase
        ? [`${sql} ILIKE ${compare("ILIKE", operand, pattern)}`]
        : [`${sql}::text LIKE ${compare("LIKE", operand, pattern)}`];
    }
    // Prisma compares with ILIKE here, too
    if (ignoresCase && operand !== null) throw new NotCompiled();
    if (name in ORDERING) {
      const operator = ORDERING[name as keyof typeof ORDERING];
      return [`${sql} ${operator} ${compare(operator, operand)}`];
    }
    switch (name) {
      case "equals":
        return operand === null ? [`${sql} IS NULL`] : [`${sql} = ${compare("=", operand)}`];
      case "not":
        if (operand === null) return [`${sql} IS NOT NULL`];
        if (isObject(operand)) return negate(compileOperators(operand));
        return [`${sql} <> ${compare("<>", operand)}`];
      case "in":
        return [compileIn(operand, { none: "false", one: "=", many: ["= ANY", "IN"] })];
      case "notIn":
        return [compileIn(operand, { none: "true", one: "<>", many: ["<> ALL", "NOT IN"] })];
      default:
        throw new NotCompiled();
    }
  };
  const compileIn = (
    list: Tree,
    { none, one, many: [all, operator] }: { none: string; one: "=" | "<>"; many: [string, Operator] },
  ): string => {
    if (!(list instanceof Leaf) || list.list === null) throw new NotCompiled();
    if (list.list === "none") return none;
    return list.list === "one" ? `${sql} ${one} ${compare(one, list)}` : `${sql} ${all} (${compare(operator, list)})`;
  };
  if (value === null) return [`${sql} IS NULL`];
  if (isObject(value)) return compileOperators(value);
  if (typeof value === "string") return [`${sql} = ${enumValue(column, value)}`];
  return [`${sql} = ${compare("=", value)}`];
}

function negate(conditions: readonly string[]): string[] {
  if (conditions.length === 0) throw new NotCompiled();
  return [`(NOT (${conditions.join(" AND ")}))`];
}

function enumValue({ type, values }: Column, value: string): string {
  // Prisma names the values that the enum has
  if (type !== "Enum" || !values.has(value)) throw new NotCompiled();
  return `'${value}'`;
}

/** A list of one value is compared as the value. */
function parameterOf(column: Column, leaf: Tree, convert?: (text: string) => string) {
  if (!(leaf instanceof Leaf) || leaf.kind === null || !KINDS[column.type].includes(leaf.kind)) throw new NotCompiled();
  const { index, list } = leaf;
  const toParameter = (value: unknown): unknown => {
    if (typeof value === "string") {
      // Prisma names the values that the enum has
      if (column.type === "Enum" && !column.values.has(value)) throw new NotCompiled();
      return convert ? convert(value) : value;
    }
    return value instanceof Date ? value.toISOString() : String(value);
  };
  return (values: readonly unknown[]): unknown => {
    const value = values[index];
    if (list === null) return toParameter(value);
    const elements = (value as readonly unknown[]).map(toParameter);
    return list === "one" ? elements[0] : elements;
  };
}
