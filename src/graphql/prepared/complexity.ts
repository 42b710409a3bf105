import { complexityFromQuery } from "@pothos/plugin-complexity";
import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  type OperationDefinitionNode,
  typeFromAST,
} from "graphql";
import { LRUCache } from "lru-cache";

const KEPT = 50;
const COUNTED: ReadonlySet<string> = new Set(["Int", "Long", "Boolean"]);

type Variables = Readonly<Record<string, unknown>>;

/**
 * The complexity of an operation, computed once for all variables that it is the same for. It depends on numbers, enums,
 * inputs, the lengths of lists, and on whether a text is given, and not on what a text says:
 * test/graphql/prepared/complexity.test.ts holds the definitions of fields to that.
 */
export class OperationComplexity {
  private readonly known = new LRUCache<string, number>({ max: KEPT });
  private readonly schema: GraphQLSchema;
  private readonly document: DocumentNode;
  private readonly variables: readonly { readonly name: string; readonly isByValue: boolean }[];

  constructor(schema: GraphQLSchema, document: DocumentNode, { variableDefinitions = [] }: OperationDefinitionNode) {
    this.schema = schema;
    this.document = document;
    this.variables = variableDefinitions.map(({ variable, type }) => {
      const named = getNamedType(typeFromAST(schema, type as never));
      const isByValue = !named || COUNTED.has(named.name) || isEnumType(named) || isInputObjectType(named);
      return { name: variable.name.value, isByValue };
    });
  }

  of(variables: Variables): number {
    const key = JSON.stringify(
      this.variables.map(({ name, isByValue }) => {
        const value = variables[name];
        if (isByValue || value === null || value === undefined) return value;
        return Array.isArray(value) ? value.length : true;
      }),
    );
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const { schema, document } = this;
    // no definition looks at the context
    const { complexity } = complexityFromQuery(document, { schema, ctx: {} as never, variables });
    this.known.set(key, complexity);
    return complexity;
  }
}
