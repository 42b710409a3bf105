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

/** What can be said of the messages of a subscription from its document alone. */
export interface MessageDocument {
  readonly id: number;
  /** What the document says of a message by: those of its own field's arguments choose messages, and say nothing of one. */
  readonly variables: readonly string[];
  /** It selects nodes: what is said of an event itself comes of its row, nodes are read as they are by then. */
  readonly asksDatabase: boolean;
}

/** By the documents themselves: the same text is parsed once. */
const described = new WeakMap<DocumentNode, MessageDocument>();
let documents = 0;

export function describeMessages({ document, schema }: Pick<ExecutionArgs, "document" | "schema">): MessageDocument {
  const known = described.get(document);
  if (known) return known;
  const id = documents++;
  const description = { id, variables: variablesOf(document), asksDatabase: selectsNodes(document, schema) };
  described.set(document, description);
  return description;
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

/** Below a document, its definitions, an operation, a selection set, its selections and a field. */
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
