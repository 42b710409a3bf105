import {
  type ASTNode,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";

/** What is known of the messages of a subscription from its document alone. */
export interface DocumentAnalysis {
  /** Unique within the process. */
  readonly id: number;
  /** The variables that change a result. Those in arguments of the root field choose messages, and change none. */
  readonly variables: readonly string[];
  /** Whether it selects nodes, which are read when the message is executed. All other fields come from the event itself. */
  readonly readsDatabase: boolean;
}

/** The key is the parsed document: the document cache parses the same text once. */
const analyses = new WeakMap<DocumentNode, DocumentAnalysis>();
let documents = 0;

export function analyzeDocument({ document, schema }: Pick<ExecutionArgs, "document" | "schema">): DocumentAnalysis {
  const known = analyses.get(document);
  if (known) return known;
  const id = documents++;
  const analysis = { id, variables: variablesOf(document), readsDatabase: selectsNodes(document, schema) };
  analyses.set(document, analysis);
  return analysis;
}

function variablesOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument: (_node, _key, _parent, _path, ancestors) => (isOfRootField(ancestors) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  return [...names].sort();
}

/** The ancestors are: document, definitions, operation, selection set, selections, field. */
function isOfRootField([, , operation, , , field, ...below]: readonly (ASTNode | readonly ASTNode[])[]): boolean {
  const isA = (node: typeof field, kind: Kind) => node !== undefined && "kind" in node && node.kind === kind;
  return isA(operation, Kind.OPERATION_DEFINITION) && isA(field, Kind.FIELD) && below.length === 0;
}

function selectsNodes(document: DocumentNode, schema: GraphQLSchema): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  const Field = () => {
    const type = getNamedType(types.getType());
    found ||= type ? isNode(type, schema) : false;
  };
  visit(document, visitWithTypeInfo(types, { Field }));
  return found;
}

function isNode(type: GraphQLNamedType, schema: GraphQLSchema): boolean {
  if (isAbstractType(type)) return schema.getPossibleTypes(type).some((possible) => isNode(possible, schema));
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === "Node");
}
