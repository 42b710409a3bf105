import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { Random } from "../../support/random.js";
import type { Pools } from "./marked-world.js";

/** How often each field was selected, so that the next documents select other fields. */
export type Selected = Map<string, number>;

interface Writing {
  readonly schema: GraphQLSchema;
  readonly random: Random;
  readonly pools: Pools;
  readonly selected: Selected;
  /** By type: how deep below it the next field is that no document has selected yet. */
  readonly unselected: ReadonlyMap<string, number>;
  readonly fragments: string[];
  /** Then references only are taken from the world. */
  readonly isWriting?: true;
  names: number;
}

export interface DocumentOptions {
  readonly schema: GraphQLSchema;
  readonly random: Random;
  readonly pools: Pools;
  readonly selected: Selected;
  readonly depth: number;
}

/** A valid document over the whole schema, with arguments that mostly match objects of the seeded world. */
export function writeQuery(options: DocumentOptions): string {
  const writing = { ...begin(options), fragments: [], names: 0 };
  const query = options.schema.getQueryType();
  if (!query) throw new Error("There is no query type.");
  const body = writeSelection(writing, query, options.depth);
  return `query ${body} ${writing.fragments.join(" ")}`;
}

/** Every field of a type that needs no argument, and of the types below; connections at the top only. */
export function writeWhole(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string {
  let names = 0;
  const write = (each: GraphQLNamedType, left: number): string => {
    if (isAbstractType(each)) {
      return `{ __typename ${schema
        .getPossibleTypes(each)
        .map((one) => `... on ${one.name} ${write(one, left)}`)
        .join(" ")} }`;
    }
    const fields = Object.values((each as { getFields(): Record<string, GraphQLField<unknown, unknown>> }).getFields());
    const shown = fields.flatMap((field) => {
      const leadsTo = getNamedType(field.type);
      const isOpen = isLeafType(leadsTo) || (left > 0 && !/Connection$/.test(leadsTo.name));
      if (!isOpen || field.args.some((arg) => isNonNullType(arg.type))) return [];
      return [`w${names++}: ${field.name} ${isLeafType(leadsTo) ? "" : write(leadsTo, left - 1)}`];
    });
    return `{ __typename ${shown.join(" ")} }`;
  };
  return write(type, depth);
}

/**
 * One of the given commands on objects of the world. It writes no marks, so every mark in its response was there before.
 */
export function writeMutation(options: DocumentOptions, commands: readonly string[]): string {
  const writing = { ...begin(options), isWriting: true as const, fragments: [], names: 0 };
  const mutation = options.schema.getMutationType();
  const name = options.random.pick(commands);
  const field = mutation?.getFields()[name];
  if (!mutation || !field) throw new Error(`There is no ${name}.`);
  return `mutation { ${writeField(writing, mutation, field, options.depth)} } ${writing.fragments.join(" ")}`;
}

/** The selection of each message of a stream. */
export function writeSubscription(options: DocumentOptions, field: string, since: string): string {
  const writing = { ...begin(options), fragments: [], names: 0 };
  const type = options.schema.getSubscriptionType()?.getFields()[field]?.type;
  if (!type) throw new Error(`There is no ${field}.`);
  const event = (getNamedType(type) as { getFields(): Record<string, GraphQLField<unknown, unknown>> }).getFields()
    .event;
  if (!event) throw new Error(`${field} has no events.`);
  const body = writeSelection(writing, getNamedType(event.type), options.depth);
  return `subscription { ${field}(since: "${since}") { cursor event ${body} } } ${writing.fragments.join(" ")}`;
}

const begin = (options: DocumentOptions) => ({ ...options, unselected: measureUnselected(options) });

function writeSelection(writing: Writing, type: GraphQLNamedType, depth: number): string {
  const { random, schema } = writing;
  const parts: string[] = [];
  if (isAbstractType(type)) {
    const possible = schema.getPossibleTypes(type);
    // more of them where there are many, as of events
    const count = Math.min(possible.length, Math.max(3, Math.ceil(possible.length / 10)));
    const ranked = possible.map((each) => ({ item: each, name: `on ${each.name}`, away: away(writing, each) }));
    for (const each of pickFresh(writing, ranked, depth, count)) {
      parts.push(writeFragment(writing, each, depth));
    }
  }
  if ("getFields" in type) {
    const fields = Object.values(type.getFields() as Record<string, GraphQLField<unknown, unknown>>);
    const open = fields.filter((field) => depth > 0 || isLeafType(getNamedType(field.type)));
    const count = type.name === "Query" ? 2 + random.below(3) : 1 + random.below(4);
    const ranked = open.map((field) => {
      const name = `${type.name}.${field.name}`;
      const leadsTo = getNamedType(field.type);
      return { item: field, name, away: stepBetween(type, leadsTo) + away(writing, leadsTo) };
    });
    for (const field of pickFresh(writing, ranked, depth, count)) {
      parts.push(writeField(writing, type, field, depth));
    }
    if (type.getFields().id && random.chance(0.5)) parts.push("id");
  }
  return `{ ${parts.length > 0 ? parts.join(" ") : "__typename"} }`;
}

/** Inline or as a named fragment. */
function writeFragment(writing: Writing, type: GraphQLNamedType, depth: number): string {
  const body = writeSelection(writing, type, depth);
  if (writing.random.chance(0.7)) return `... on ${type.name} ${body}`;
  const name = `F${writing.names++}`;
  writing.fragments.push(`fragment ${name} on ${type.name} ${body}`);
  return `...${name}`;
}

function writeField(
  writing: Writing,
  parent: GraphQLNamedType,
  field: GraphQLField<unknown, unknown>,
  depth: number,
): string {
  const type = getNamedType(field.type as GraphQLOutputType);
  const call = `f${writing.names++}: ${field.name}${writeArguments(writing, field.args)}`;
  if (isLeafType(type)) return call;
  const body = writeSelection(writing, type, depth - stepBetween(parent, type));
  const wrapped = isObjectType(type) && writing.random.chance(0.1) ? `{ ... on ${type.name} ${body} }` : body;
  return `${call} ${wrapped}`;
}

/** Connections and edges count half. */
function stepBetween(parent: GraphQLNamedType, type: GraphQLNamedType): number {
  return /(Connection|Edge)$/.test(type.name) || /(Connection|Edge)$/.test(parent.name) ? 0.5 : 1;
}

const away = ({ unselected }: Writing, type: GraphQLNamedType) => unselected.get(type.name) ?? Number.POSITIVE_INFINITY;

/** By type: how deep below it the next field is that was never selected. Types without such fields below are not in it. */
function measureUnselected({ schema, selected }: DocumentOptions): Map<string, number> {
  const found = new Map<string, number>();
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) || isAbstractType(type));
  const measure = (type: (typeof types)[number]): number[] => {
    if (isAbstractType(type)) return schema.getPossibleTypes(type).flatMap(({ name }) => found.get(name) ?? []);
    return Object.values(type.getFields()).flatMap((field) => {
      if (!selected.has(`${type.name}.${field.name}`)) return 0;
      const leadsTo = getNamedType(field.type);
      const below = found.get(leadsTo.name);
      return below === undefined ? [] : below + stepBetween(type, leadsTo);
    });
  };
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (const type of types) {
      const nearest = Math.min(...measure(type));
      if (nearest >= (found.get(type.name) ?? Number.POSITIVE_INFINITY)) continue;
      found.set(type.name, nearest);
      isDone = false;
    }
  }
  return found;
}

interface Ranked<T> {
  readonly item: T;
  readonly name: string;
  /** How deep below it the next field is that was never selected. */
  readonly away: number;
}

/** The least selected first, and what leads to fields that were never selected, at random among equals. */
function pickFresh<T>({ random, selected }: Writing, items: readonly Ranked<T>[], depth: number, count: number): T[] {
  const chosen = items
    .map(({ item, name, away }) => {
      const times = selected.get(name) ?? 0;
      const rank = away > depth ? times : Math.min(times, away);
      return { item, name, rank: rank + random.below(4) + random.below(4) };
    })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count);
  for (const { name } of chosen) selected.set(name, (selected.get(name) ?? 0) + 1);
  return chosen.map(({ item }) => item);
}

function writeArguments(writing: Writing, args: readonly GraphQLArgument[]): string {
  const { random } = writing;
  const given = args.flatMap((arg) => {
    if (arg.name === "first") return random.chance(0.5) ? [`first: ${1 + random.below(30)}`] : [];
    if (arg.name === "last" || arg.name === "before" || arg.name === "after") return [];
    const isGiven = isNonNullType(arg.type) || random.chance(0.3);
    return isGiven ? [`${arg.name}: ${writeInput(writing, arg.type, arg.name, 3)}`] : [];
  });
  return given.length > 0 ? `(${given.join(", ")})` : "";
}

function writeInput(writing: Writing, type: GraphQLInputType, name: string, depth: number): string {
  const { random } = writing;
  if (isNonNullType(type)) return writeInput(writing, type.ofType, name, depth);
  if (isListType(type)) {
    const items = Array.from({ length: 1 + random.below(3) }, () => writeInput(writing, type.ofType, name, depth - 1));
    return `[${items.join(", ")}]`;
  }
  if (isEnumType(type)) {
    return random.pick(type.getValues()).name;
  }
  if (!isInputObjectType(type)) return writeLeaf(writing, type.name, name);
  const fields = Object.values(type.getFields());
  const nested = fields.filter((field) => depth > 0 || !isInputObjectType(getNamedType(field.type)));
  const chosen = type.isOneOf
    ? [random.pick(nested.length > 0 ? nested : fields)]
    : fields.filter(
        (field) => isNonNullType(field.type) || (nested.includes(field) && random.chance(1.5 / fields.length)),
      );
  const owner = type.name === "StringFilter" ? name : "";
  const body = chosen.map(
    (field) => `${field.name}: ${writeInput(writing, field.type, owner || nameIn(type.name, field.name), depth - 1)}`,
  );
  return `{${body.join(", ")}}`;
}

/** What the name of an input field refers to, where the name alone is ambiguous. */
function nameIn(type: string, field: string): string {
  const noun = /^(?:Update|Delete|Test|Restore)?(Model|ModelVersion|Experiment|Dataset|Webhook)(?:Ref|Input)$/.exec(
    type,
  )?.[1];
  if (noun && field === "id") return `id of ${noun}`;
  if (type === "ExperimentRef" && field === "name") return "experiment";
  if (type === "ModelRef" && field === "name") return "model";
  if (type === "DatasetIdentity" && field === "name") return "dataset";
  // a version's own digest is a value, and so are the values of a webhook's filter
  if (/^Update|^Create|Filter$/.test(type)) return field === "digest" || field === "aliases" ? "value" : field;
  return field;
}

const POOL_OF: Readonly<Record<string, string>> = {
  id: "ids",
  ids: "ids",
  parent: "runs",
  run: "runs",
  runs: "runs",
  model: "models",
  models: "models",
  experiment: "experiments",
  dataset: "datasets",
  digest: "digests",
  source: "sources",
  environment: "environments",
  endpoint: "endpoints",
  key: "keys",
  keys: "keys",
  metric: "keys",
  alias: "aliases",
  aliases: "aliases",
  gitCommit: "commits",
};

/** The input fields that refer to objects, besides `nameIn`. */
const REFERENCES = new Set([
  "id",
  "run",
  "model",
  "experiment",
  "dataset",
  "digest",
  "alias",
  "key",
  "keys",
  "environment",
  "endpoint",
]);

function writeLeaf({ random, pools, isWriting }: Writing, type: string, name: string): string {
  if (type === "Int") return String(1 + random.below(3));
  if (type === "Long") return String(random.below(10));
  if (type === "Float") return String(random.below(10) / 10);
  if (type === "Boolean") return String(random.chance(0.5));
  if (type === "MetricValue") return String(random.below(10_000_000));
  if (type === "DateTime")
    return JSON.stringify(new Date(Date.now() + random.pick([-3_600_000, -1_000, 0])).toISOString());
  const noun = /^id of (\w+)$/.exec(name)?.[1];
  if (noun && random.chance(0.9))
    return JSON.stringify(random.pick((pools.ids ?? []).filter((id) => typeOf(id) === noun)));
  if (isWriting && type === "String" && !REFERENCES.has(name)) return `"x"`;
  if (type === "JSON") return "{}";
  const names =
    name === "name" ? [...(pools.models ?? []), ...(pools.datasets ?? []), ...(pools.experiments ?? [])] : undefined;
  const known = noun ? "ids" : (POOL_OF[name] ?? "");
  const pool = names ?? pools[known] ?? [];
  const text = pool.length > 0 ? random.pick(pool) : "a";
  // a filter may have a part only
  return JSON.stringify(known !== "ids" && random.chance(0.1) ? text.slice(0, 4) : text);
}

const typeOf = (globalId: string) => Buffer.from(globalId, "base64url").toString().split(":")[0];
