import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import { collectFields, collectSubfields } from "graphql/execution/collectFields.js";
import { type CompiledField, type CompiledSelection, compileField } from "./compiled-field.js";
import { compileObject, type WriteValue } from "./write-fields.js";

type Fragments = Record<string, FragmentDefinitionNode>;
type Collected = ReturnType<typeof collectFields>;

/** One query, for one set of values of the variables that `@skip` and `@include` look at. */
export class CompiledOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
  readonly root: CompiledSelection;
  readonly rootType: GraphQLObjectType;
  /** The variables of `@skip` and `@include`. */
  private readonly conditions: Readonly<Record<string, unknown>>;
  /** Writes the data. */
  readonly write: WriteValue;
  private readonly below = new Map<string, CompiledSelection>();
  private fields = 0;

  constructor(
    schema: GraphQLSchema,
    { document, operation }: { document: DocumentNode; operation: OperationDefinitionNode },
    conditions: Readonly<Record<string, unknown>>,
  ) {
    this.schema = schema;
    this.operation = operation;
    this.conditions = conditions;
    this.fragments = fragmentsOf(document);
    this.rootType = schema.getQueryType() as GraphQLObjectType;
    const found = collectFields(schema, this.fragments, conditions, this.rootType, operation.selectionSet);
    this.root = this.compile(found, this.rootType, undefined);
    this.write = compileObject(this, this.root);
  }

  /** What is selected of an object that a field leads to. An abstract type leads to objects of several types. */
  selectionOf(field: CompiledField, type: GraphQLObjectType): CompiledSelection {
    const key = `${field.index} ${type.name}`;
    const known = this.below.get(key);
    if (known) return known;
    const { schema, fragments, conditions } = this;
    const selection = this.compile(
      collectSubfields(schema, fragments, conditions, type, field.nodes),
      type,
      field.path,
    );
    this.below.set(key, selection);
    return selection;
  }

  private compile(
    found: Collected,
    parentType: GraphQLObjectType,
    above: GraphQLResolveInfo["path"] | undefined,
  ): CompiledSelection {
    return [...found].map(([key, nodes]: [string, readonly FieldNode[]]) =>
      nodes[0]?.name.value === "__typename"
        ? { key, typeName: parentType.name }
        : compileField({ index: this.fields++, key, parentType, nodes, above }),
    );
  }
}

function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments: Fragments = {};
  for (const each of definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each;
  return fragments;
}
