import type { Column, Relation, Table } from "../../../src/store/reads/datamodel.js";
import type { Random } from "../../support/random.js";
import { BIGINTS, INTS, keyOf, TABLES, TEXTS, TIMES } from "./random-rows.js";

export type Args = Record<string, unknown>;

export interface RandomRead {
  readonly table: string;
  readonly method: "findMany" | "findFirst" | "findUnique" | "count";
  readonly args: Args;
}

const DEPTH = 3;

export function randomRead(random: Random): RandomRead {
  const table = random.pick(TABLES);
  const method = random.pick(["findMany", "findMany", "findMany", "findFirst", "findUnique", "count"] as const);
  const where =
    method === "findUnique" ? uniqueWhere(table, random) : maybe(random, 0.85, () => randomWhere(table, random, DEPTH));
  if (method === "count") return { table: table.name, method, args: where ? { where } : {} };
  const args = { ...randomSelection(table, random, DEPTH), ...(where ? { where } : {}) };
  return {
    table: table.name,
    method,
    args: method === "findUnique" ? args : { ...args, ...randomOrder(table, random) },
  };
}

function maybe<T>(random: Random, probability: number, make: () => T): T | undefined {
  return random.chance(probability) ? make() : undefined;
}

/** Ordered by columns that are unique together, so that there is one right answer. */
function randomOrder(table: Table, random: Random): Args {
  const direction = () => random.pick(["asc", "desc"] as const);
  const nulls = () => random.pick([direction, () => ({ sort: direction(), nulls: random.pick(["first", "last"]) })])();
  const columns = [...table.columns.values()].filter(({ isList, type }) => !isList && type !== "Json");
  const first = random
    .some(columns, 0.1)
    .slice(0, 1)
    .map(({ name }) => name);
  const names = new Set([...first, ...keyColumns(table)]);
  const take = maybe(random, 0.5, () => 1 + random.below(5));
  return {
    ...(random.chance(0.1) && take !== undefined
      ? {}
      : {
          orderBy: [
            ...joinedOrder(table, random),
            ...[...names].map((name) => ({ [name]: isNullable(name) ? nulls() : direction() })),
          ],
        }),
    ...(take === undefined ? {} : { take }),
  };
}

function joinedOrder(table: Table, random: Random): Args[] {
  const one = [...table.relations].filter(([, { isList, isOwner }]) => !isList && isOwner);
  if (one.length === 0 || random.chance(0.85)) return [];
  const [name] = random.pick(one);
  return [{ [name]: { id: random.pick(["asc", "desc"]) } }];
}

/** By their names: the metadata of tests does not say which columns are nullable. */
function isNullable(name: string): boolean {
  return NULLABLE.has(name);
}

const NULLABLE = new Set([
  "description",
  "deletedAt",
  "latestVersionId",
  "datasetId",
  "endedAt",
  "parentId",
  "staleAt",
  "reason",
]);

function keyColumns({ keys, columns }: Table): readonly string[] {
  const id = columns.has("id") ? ["id"] : undefined;
  return id ?? [...keys.values()].find((each) => each.length > 1) ?? [...keys.values()][0] ?? [];
}

function randomSelection(table: Table, random: Random, depth: number): Args {
  const relations = depth === 0 ? [] : random.some([...table.relations], 0.35);
  const nested = Object.fromEntries(relations.map(([name, relation]) => [name, nestedArgs(relation, random, depth)]));
  if (random.chance(0.15)) return Object.keys(nested).length === 0 ? {} : { include: nested };
  const columns = random.some([...table.columns.keys()], 0.4);
  const [first = ""] = table.columns.keys();
  const scalars = Object.fromEntries([first, ...columns].map((name) => [name, true]));
  return { select: { ...scalars, ...nested, ...(random.chance(0.1) ? { [first]: undefined } : {}), ...scalars } };
}

function nestedArgs(relation: Relation, random: Random, depth: number): Args {
  const related = tableOf(relation);
  const selection = randomSelection(related, random, depth - 1);
  if (!relation.isList) return selection;
  const where = maybe(random, 0.5, () => randomWhere(related, random, 1));
  return { ...selection, ...(where ? { where } : {}), ...randomOrder(related, random) };
}

function tableOf({ table }: Relation): Table {
  const found = TABLES.find(({ name }) => name === table);
  if (!found) throw new Error(`There is no table ${table}.`);
  return found;
}

function uniqueWhere(table: Table, random: Random): Args {
  const [name, columns] = random.pick([...table.keys]);
  const values = columns.map((each): [string, unknown] => [each, randomValue(columnOf(table, each), random)]);
  const key = columns.length === 1 ? Object.fromEntries(values) : { [name]: Object.fromEntries(values) };
  return random.chance(0.3) ? { ...randomWhere(table, random, 1), ...key } : key;
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (!column) throw new Error(`${table.name} has no column ${name}.`);
  return column;
}

export function randomWhere(table: Table, random: Random, depth: number): Args {
  const parts = [columnWhere, columnWhere, columnWhere, globsWhere, relationWhere, joinedWhere];
  const count = random.pick([1, 1, 2, 3, 0]);
  return Object.assign({}, ...Array.from({ length: count }, () => random.pick(parts)(table, random, depth)));
}

function columnWhere(table: Table, random: Random): Args {
  const column = random.pick(
    [...table.columns.values()].filter(({ isList, type }) => !isList && type !== "Json" && type !== "Bytes"),
  );
  const value = () => randomValue(column, random);
  const list = () => Array.from({ length: random.pick([0, 1, 2, 3]) }, value);
  const isOptional = isNullable(column.name);
  const any = random.pick<() => unknown>([
    value,
    () => ({ equals: value() }),
    () => ({ not: value() }),
    () => ({ in: list() }),
    () => ({ notIn: list() }),
    () => ({ not: { in: list() } }),
    () => ({ in: list(), not: value(), equals: undefined }),
    ...(column.type === "Boolean"
      ? [value]
      : [() => ({ gte: value(), lt: value() }), () => ({ not: { gt: value() } }), () => ({ lte: value() })]),
    ...(column.type === "String" && !isUuid(column) ? [() => textWhere(random)] : []),
    ...(isOptional ? [() => null, () => ({ not: null }), () => ({ equals: null })] : []),
  ])();
  return { [column.name]: isOperatorless(column, any) ? value() : any };
}

/** Enums and booleans have no order. */
function isOperatorless({ type }: Column, condition: unknown): boolean {
  const names =
    typeof condition === "object" && condition !== null
      ? JSON.stringify(condition, (_, value) => (typeof value === "bigint" ? 0 : value))
      : "";
  if (type === "Enum") return /"(gte?|lte?)"/.test(names);
  return type === "Boolean" && /"(in|notIn|gte?|lte?)"/.test(names);
}

function textWhere(random: Random): Args {
  const text = () => random.pick([...TEXTS, "a\\%", "B"]);
  const pattern = random.pick([
    () => ({ contains: text() }),
    () => ({ startsWith: text() }),
    () => ({ endsWith: text(), not: text() }),
    () => ({ startsWith: text(), contains: text(), in: [text(), text()] }),
    () => ({ not: { contains: text() } }),
  ])();
  return random.chance(0.3) && !("in" in pattern) && !("not" in pattern)
    ? { ...pattern, mode: "insensitive" }
    : pattern;
}

/** What `textMatches` in store/access/visibility.ts writes. */
function globsWhere(table: Table, random: Random): Args {
  const texts = [...table.columns.values()].filter(
    (column) => column.type === "String" && !column.isList && !isUuid(column),
  );
  if (texts.length === 0) return {};
  const { name } = random.pick(texts);
  const globs = Array.from({ length: 1 + random.below(3) }, () => [random.pick(TEXTS), random.pick(TEXTS)]);
  const halves = globs.map(([start, end]) => ({
    AND: [{ [name]: { startsWith: start } }, { [name]: { endsWith: random.chance(0.9) ? `${start}%${end}` : end } }],
  }));
  return { OR: [{ [name]: { in: random.some(TEXTS, 0.2) } }, ...halves] };
}

function relationWhere(table: Table, random: Random, depth: number): Args {
  if (table.relations.size === 0 || depth === 0) return {};
  const [name, relation] = random.pick([...table.relations]);
  const where = () => ({
    ...(random.chance(0.9) ? columnWhere(tableOf(relation), random) : {}),
    ...randomWhere(tableOf(relation), random, depth - 1),
  });
  if (relation.isList) return { [name]: { [random.pick(["some", "none", "every"])]: where() } };
  const isOptional = !relation.isOwner || isNullable(relation.ownColumn);
  return {
    [name]: random.pick([
      where,
      where,
      () => ({ is: where() }),
      () => ({ isNot: where() }),
      ...(isOptional ? [() => null] : []),
    ])(),
  };
}

function joinedWhere(table: Table, random: Random, depth: number): Args {
  if (depth === 0) return {};
  // Prisma runs what has an alternative or a negation without a condition
  const where = () => ({
    ...columnWhere(table, random),
    ...(random.chance(0.9) ? randomWhere(table, random, depth - 1) : {}),
  });
  const list = () => Array.from({ length: random.pick([0, 1, 2, 2]) }, where);
  return random.pick([
    () => ({ AND: list() }),
    () => ({ OR: list() }),
    () => ({ NOT: where() }),
    () => ({ NOT: list(), AND: where() }),
  ])();
}

function isUuid({ name }: Column): boolean {
  return /^(id|.*Id)$/.test(name);
}

function randomValue(column: Column, random: Random): unknown {
  switch (column.type) {
    case "String":
      return isUuid(column) ? keyOf(column, true, random.below(8)) : random.pick([...TEXTS, "key-1", "other"]);
    case "Enum":
      return random.pick([...column.values]);
    case "Int":
      return random.pick(INTS);
    case "BigInt":
      return random.pick([...BIGINTS, 3]);
    case "DateTime":
      return random.pick(TIMES);
    default:
      return random.chance(0.5);
  }
}
