import {
  elementKind,
  isConstant,
  isListOfConditions,
  kindOf,
  type ListKind,
  listKind,
  type ValueKind,
} from "./shape.js";

/** The place of a value of a request, which `shapeOf` puts into the values of the shape at this index. */
export class Leaf {
  readonly index: number;
  /** Null for an empty list. */
  readonly kind: ValueKind | null;
  readonly list: ListKind | null;

  constructor(index: number, kind: ValueKind | null, list: ListKind | null) {
    this.index = index;
    this.kind = kind;
    this.list = list;
  }
}

export type Tree = Leaf | TreeObject | readonly Tree[] | string | number | boolean | null;
export interface TreeObject {
  readonly [name: string]: Tree;
}

/** The arguments of a read with places instead of values, numbered in the order of `shapeOf`. */
export function liftValues(args: Readonly<Record<string, unknown>>): TreeObject {
  let next = 0;
  const liftCondition = (value: unknown): Tree => {
    if (value === null) return null;
    if (typeof value !== "object" || value instanceof Date) return new Leaf(next++, kindOf(value), null);
    if (Array.isArray(value)) return isListOfConditions(value) ? value.map(liftCondition) : liftList(value);
    return mapMembers(value, (name, member) => (isConstant(name, member) ? member : liftCondition(member)));
  };
  const liftList = (list: readonly unknown[]) =>
    new Leaf(next++, list.length === 0 ? null : elementKind(list), listKind(list));
  const liftSelection = (value: unknown): Tree => {
    if (Array.isArray(value)) return value.map(liftSelection);
    if (typeof value !== "object" || value === null) return value as Tree;
    return mapMembers(value, (name, member) => (name === "where" ? liftCondition(member) : liftSelection(member)));
  };
  return mapMembers(args, (name, member) => (name === "where" ? liftCondition(member) : liftSelection(member)));
}

function mapMembers(value: object, lift: (name: string, member: unknown) => Tree): TreeObject {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, lift(name, member)]));
}

export function isObject(tree: Tree | undefined): tree is TreeObject {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree) && !(tree instanceof Leaf);
}

/** An empty list has no conditions in it, so it was taken for a list of values. */
function isEmptyList(tree: Tree): boolean {
  return tree instanceof Leaf && tree.list === "none";
}

/** The filters of AND or NOT, which may be one. */
export function asList(tree: Tree): readonly Tree[] {
  if (isEmptyList(tree)) return [];
  return Array.isArray(tree) ? tree : [tree];
}
