export type ValueKind = "string" | "int" | "bigint" | "boolean" | "date";
export type ListKind = "none" | "one" | "many";

/** The arguments of a read that differ in values only have the same key. */
export interface Shape {
  readonly key: string;
  readonly values: readonly unknown[];
}

/** Arguments that are not plain data, so that only Prisma can read them. */
export class NotPlain extends Error {}

const VALUE_LETTERS: Record<ValueKind, string> = { string: "s", int: "i", bigint: "b", boolean: "t", date: "d" };
const LIST_LETTERS: Record<ListKind, string> = { none: "e", one: "o", many: "m" };
const INT_MAX = 2 ** 31 - 1;
const INT_MIN = -(2 ** 31);

/**
 * The shapes of selections, by identity: documents that are executed often hand in the same object each time, which must not
 * change once it was used.
 */
const known = new WeakMap<object, Shape>();

/** What makes the statement of a read, apart from the values of its conditions. Throws NotPlain. */
export function shapeOf(args: Readonly<Record<string, unknown>>): Shape {
  const values: unknown[] = [];
  let key = "";
  for (const name in args) {
    const value = args[name];
    if (value === undefined) continue;
    if (name === "where") key += `where${conditionKey(value, values)}`;
    else if (typeof value === "object" && value !== null) {
      const part = known.get(value) ?? remember(value);
      key += name + part.key;
      for (const each of part.values) values.push(each);
    } else key += `${name}=${constantKey(value)};`;
  }
  return { key, values };
}

function remember(selection: object): Shape {
  const values: unknown[] = [];
  const shape = { key: selectionKey(selection, values), values };
  known.set(selection, shape);
  return shape;
}

/** Of a selection or an order: all but the conditions in it is constant. */
function selectionKey(value: unknown, values: unknown[]): string {
  if (typeof value !== "object" || value === null) return `=${constantKey(value)};`;
  if (Array.isArray(value)) return `[${value.map((each) => selectionKey(each, values)).join("")}]`;
  let key = "{";
  for (const [name, member] of membersOf(value)) {
    key += name + (name === "where" ? conditionKey(member, values) : selectionKey(member, values));
  }
  return `${key}}`;
}

function conditionKey(value: unknown, values: unknown[]): string {
  if (value === null) return "0";
  if (typeof value !== "object" || value instanceof Date) {
    values.push(value);
    return VALUE_LETTERS[kindOf(value)];
  }
  if (Array.isArray(value)) return listKey(value, values);
  let key = "{";
  for (const name in value) {
    const member = value[name as keyof typeof value] as unknown;
    if (member === undefined) continue;
    key += isConstant(name, member) ? `${name}=${member};` : `${name}:${conditionKey(member, values)}`;
  }
  if (!isPlain(value)) throw new NotPlain();
  return `${key}}`;
}

const KIND = /^[A-Z_]+$/;

/**
 * What is a part of the statement and not one of its values: the mode of a text condition (no enum has such a value), and a
 * kind, since an index on the rows of one kind serves only a statement that names it.
 */
export function isConstant(name: string, value: unknown): value is string {
  if (typeof value !== "string") return false;
  return name === "kind" ? KIND.test(value) : name === "mode" && (value === "insensitive" || value === "default");
}

function listKey(list: readonly unknown[], values: unknown[]): string {
  if (isListOfConditions(list)) {
    let key = "[";
    for (const each of list) key += conditionKey(each, values);
    return `${key}]`;
  }
  values.push(list);
  return LIST_LETTERS[listKind(list)] + (list.length === 0 ? "" : VALUE_LETTERS[elementKind(list)]);
}

export function isListOfConditions([first]: readonly unknown[]): boolean {
  return typeof first === "object" && first !== null && !(first instanceof Date);
}

export function listKind({ length }: readonly unknown[]): ListKind {
  return length === 0 ? "none" : length === 1 ? "one" : "many";
}

/** The kind of all elements of a list of values. Throws NotPlain where they differ. */
export function elementKind(list: readonly unknown[]): ValueKind {
  const kind = kindOf(list[0]);
  for (const each of list) if (kindOf(each) !== kind) throw new NotPlain();
  return kind;
}

export function kindOf(value: unknown): ValueKind {
  switch (typeof value) {
    case "string":
      return "string";
    case "bigint":
      return "bigint";
    case "boolean":
      return "boolean";
    case "number":
      if (Number.isInteger(value) && value <= INT_MAX && value >= INT_MIN) return "int";
      break;
    case "object":
      if (value instanceof Date && !Number.isNaN(value.getTime())) return "date";
  }
  throw new NotPlain();
}

function constantKey(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string")
    return JSON.stringify(value);
  throw new NotPlain();
}

function membersOf(value: object): [string, unknown][] {
  if (!isPlain(value)) throw new NotPlain();
  return Object.entries(value).filter(([, member]) => member !== undefined);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
