import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from "graphql";
import { fragmentsOf } from "./fragments.js";

/** The lengths of the lists in the introspection types, by the names of their fields (GraphQL, October 2021, §4.2). */
type ListLengths = Readonly<Record<string, number>>;

interface SchemaSize {
  /** Those of the average type: summed over all types they are exact. */
  readonly average: ListLengths;
  /** Those of the type with the longest lists, which `__type` may name. */
  readonly longest: ListLengths;
}

const sizes = new WeakMap<GraphQLSchema, SchemaSize>();

/** Lists and `!` are types around other types: about every second type has another within it. */
const WRAPPERS_PER_TYPE = 1 / 2;

/** The fields that describe the schema. `__typename` does not: every object has it. */
const INTROSPECTION_FIELDS: ReadonlySet<string> = new Set(["__schema", "__type"]);

/**
 * Estimates how many fields the answer has below `__schema` and `__type`. By hand, because libraries for the complexity of
 * documents count each of the two as one field, and those for introspection only turn it off.
 */
export function introspectionCost(document: DocumentNode, schema: GraphQLSchema): number {
  const fields = introspectionFieldsOf(document);
  if (fields.length === 0) return 0;
  const { average, longest } = sizeOf(schema);
  const fragments = fragmentsOf(document);
  const measured = new Map([average, longest].map((lengths) => [lengths, new Map<string, number>()]));

  /** A fragment has two costs: it can be spread below the average type and below the longest one. */
  function costOfFragment(name: string, lengths: ListLengths): number {
    const known = measured.get(lengths)?.get(name);
    if (known !== undefined) return known;
    measured.get(lengths)?.set(name, 0); // ends the recursion: validation refuses a fragment that contains itself
    const fragment = fragments.get(name);
    const cost = fragment ? costOf(fragment.selectionSet, lengths) : 0;
    measured.get(lengths)?.set(name, cost);
    return cost;
  }

  function costOf({ selections }: SelectionSetNode, lengths: ListLengths): number {
    let cost = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) cost += costOfFragment(selection.name.value, lengths);
      else if (selection.kind === Kind.INLINE_FRAGMENT) cost += costOf(selection.selectionSet, lengths);
      else cost += costOfField(selection, lengths);
    }
    return cost;
  }

  function costOfField({ name, selectionSet }: FieldNode, lengths: ListLengths): number {
    if (!selectionSet) return 1;
    const below = costOf(selectionSet, name.value === "__type" ? longest : average);
    return 1 + (lengths[name.value] ?? 1) * below;
  }

  return Math.ceil(fields.reduce((sum, field) => sum + costOfField(field, average), 0));
}

const allowed = new WeakMap<GraphQLSchema, number>();

/** Twice the cost of the query with which tools read the whole schema. */
export function introspectionLimit(schema: GraphQLSchema): number {
  const known = allowed.get(schema);
  if (known !== undefined) return known;
  const all = getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const limit = 2 * introspectionCost(parse(all), schema);
  allowed.set(schema, limit);
  return limit;
}

/** The selections of `__schema` and `__type`: at the root of an operation, or in a fragment that it spreads there. */
function introspectionFieldsOf(document: DocumentNode): FieldNode[] {
  const found: FieldNode[] = [];
  const open: SelectionSetNode[] = document.definitions.flatMap((node) =>
    "selectionSet" in node && node.selectionSet ? [node.selectionSet] : [],
  );
  for (let set = open.pop(); set; set = open.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD && INTROSPECTION_FIELDS.has(selection.name.value)) found.push(selection);
      if (selection.kind === Kind.INLINE_FRAGMENT) open.push(selection.selectionSet);
    }
  }
  return found;
}

function sizeOf(schema: GraphQLSchema): SchemaSize {
  const known = sizes.get(schema);
  if (known) return known;
  const types = Object.values(schema.getTypeMap());
  const fields = types.flatMap((type) => ("getFields" in type ? Object.values(type.getFields()) : []));
  const args = fields.map((field) => ("args" in field ? field.args.length : 0));
  const lists = types.map((type) => listsOf(type, schema));
  const size = (measure: (lengths: readonly number[]) => number) => {
    const of = (name: keyof ReturnType<typeof listsOf>) => measure(lists.map((list) => list[name]));
    return {
      types: types.length,
      directives: schema.getDirectives().length,
      args: measure(args),
      ofType: WRAPPERS_PER_TYPE,
      fields: of("fields"),
      inputFields: of("inputFields"),
      enumValues: of("enumValues"),
      interfaces: of("interfaces"),
      possibleTypes: of("possibleTypes"),
    };
  };
  const found = { average: size(averageOf), longest: size((lengths) => Math.max(...lengths)) };
  sizes.set(schema, found);
  return found;
}

function listsOf(type: GraphQLNamedType, schema: GraphQLSchema) {
  const hasFields = isObjectType(type) || isInterfaceType(type);
  return {
    fields: hasFields ? Object.keys(type.getFields()).length : 0,
    inputFields: isInputObjectType(type) ? Object.keys(type.getFields()).length : 0,
    enumValues: isEnumType(type) ? type.getValues().length : 0,
    interfaces: hasFields ? type.getInterfaces().length : 0,
    possibleTypes: isInterfaceType(type) ? schema.getPossibleTypes(type).length : 0,
  };
}

function averageOf(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
}
