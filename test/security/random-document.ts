import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { schema } from "../../src/graphql/schema.js";

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values that mean something in the world that is asked about. */
export interface Pools {
  readonly texts: readonly string[];
  readonly ids: readonly string[];
  /** Texts that fit an argument or a field of an input, by its name. */
  readonly fitting: Readonly<Record<string, readonly string[]>>;
}

const MAX_FIELDS = 30;
const MAX_DEPTH = 9;

/** A valid query over the whole schema: any fields, with any arguments, through any types. */
export function randomDocument(random: () => number, pools: Pools): string {
  let fields = 0;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const chance = (share: number) => random() < share;

  function value(type: GraphQLInputType, depth: number, name = ""): string | null {
    if (isNonNullType(type)) return value(type.ofType, depth, name) ?? "null";
    if (isListType(type)) {
      const one = value(type.ofType, depth + 1, name);
      return one === null || one === "null" ? "[]" : `[${one}]`;
    }
    if (isEnumType(type)) return pick(type.getValues()).name;
    if (isInputObjectType(type)) return inputObject(type, depth);
    switch (type.name) {
      case "Int":
      case "Long":
        return String(1 + Math.floor(random() * 3));
      case "Float":
      case "MetricValue":
        return pick(["0", "1.5", "-1"]);
      case "Boolean":
        return pick(["true", "false"]);
      case "ID":
        return JSON.stringify(pick((chance(0.8) && pools.fitting[name]) || pools.ids));
      case "DateTime":
        return pick(['"2020-01-01T00:00:00.000Z"', '"2999-01-01T00:00:00.000Z"']);
      case "String":
        return JSON.stringify(pick((chance(0.8) && pools.fitting[name]) || pools.texts));
      default:
        return null;
    }
  }

  function inputObject(type: GraphQLInputType & { isOneOf?: boolean }, depth: number): string | null {
    if (!isInputObjectType(type) || depth > 4) return null;
    const all = Object.values(type.getFields());
    const chosen = type.isOneOf ? [pick(all)] : all.filter((field) => isNonNullType(field.type) || chance(0.25));
    const parts = chosen.flatMap((field) => argument(field, depth + 1, type.isOneOf ?? false));
    return type.isOneOf && parts.length === 0 ? null : `{${parts.join(", ")}}`;
  }

  function argument(of: GraphQLArgument | GraphQLInputField, depth: number, isNeeded: boolean): string[] {
    const isRequired = isNonNullType(of.type) && of.defaultValue === undefined;
    // one way of paging at a time, of small pages, and hardly ever from a cursor, which a made-up text is not
    if (["last", "before"].includes(of.name) || (of.name === "after" && chance(0.98))) return [];
    if (!isRequired && !isNeeded && of.name !== "first" && !chance(depth === 0 ? 0.1 : 0.3)) return [];
    const text = value(of.type, depth, of.name);
    return text === null ? [] : [`${of.name}: ${text}`];
  }

  /** Without an argument that it needs, a field is left out. */
  function fieldOf(field: GraphQLField<unknown, unknown>, depth: number): string | null {
    const args = field.args.flatMap((each) => argument(each, 0, false));
    const missing = field.args.some(
      ({ name, type, defaultValue }) =>
        isNonNullType(type) && defaultValue === undefined && !args.some((text) => text.startsWith(`${name}: `)),
    );
    if (missing) return null;
    const below = selection(field.type, depth + 1);
    if (below === null) return null;
    fields++;
    const list = args.length > 0 ? `(${args.join(", ")})` : "";
    return `f${fields}: ${field.name}${list}${below}`;
  }

  function selection(type: GraphQLOutputType, depth: number): string | null {
    const named = getNamedType(type);
    if (isObjectType(named)) return objectSelection(named, depth);
    if (!isAbstractType(named)) return "";
    if (depth > MAX_DEPTH) return null;
    const own = isInterfaceType(named) ? Object.values(named.getFields()).filter(() => chance(0.5)) : [];
    const parts = own.flatMap((field) => fieldOf(field, depth) ?? []);
    for (const possible of schema.getPossibleTypes(named).filter(() => chance(0.15))) {
      const below = objectSelection(possible, depth);
      if (below !== null) parts.push(`... on ${possible.name}${below}`);
    }
    return ` { __typename ${parts.join(" ")} }`;
  }

  function objectSelection(type: GraphQLObjectType, depth: number): string | null {
    if (depth > MAX_DEPTH) return null;
    const all = Object.values(type.getFields());
    // leaves end a branch, and deeper down there are more of them
    const chosen = all.filter((field) => {
      const isLeaf = !isObjectType(getNamedType(field.type)) && !isAbstractType(getNamedType(field.type));
      return fields < MAX_FIELDS && chance(isLeaf ? 0.6 : Math.max(0.12, 3 / all.length / (1 + depth / 3)));
    });
    const parts = chosen.flatMap((field) => fieldOf(field, depth) ?? []);
    return ` { __typename ${parts.join(" ")} }`;
  }

  const roots = Object.values((schema.getQueryType() as GraphQLObjectType).getFields());
  // one root a document: a refused one that is not nullable takes the others' answers with it
  for (;;) {
    const text = fieldOf(pick(roots), 1);
    if (text) return `{ ${text} }`;
  }
}
