import { type DocumentNode, type GraphQLSchema, getOperationAST, Kind } from "graphql";
import { LRUCache } from "lru-cache";
import { Bindings } from "./bindings.js";
import type { PreparedOperation } from "./prepared-operation.js";
import { PreparedQuery } from "./prepared-query.js";

/** A prepared operation takes some 200 times the memory of the text of its document. */
const MAX_CHARACTERS = 500_000;
const MAX_CHARACTERS_EACH = 20_000;

/** The operations that were prepared, by the text of their document and the name that selects them. */
export class PreparedOperations {
  private readonly schema: GraphQLSchema;
  private readonly bindings = new Bindings();
  /** Null: it cannot be prepared. */
  private readonly byDocument = new WeakMap<DocumentNode, PreparedOperation | null>();
  private readonly byText = new LRUCache<string, PreparedOperation>({
    maxSize: MAX_CHARACTERS,
    maxEntrySize: MAX_CHARACTERS_EACH,
    sizeCalculation: (_operation, key) => key.length,
  });

  constructor(schema: GraphQLSchema) {
    this.schema = schema;
  }

  /** The operation, if it was executed before and can be prepared. */
  find(text: string, operationName: string | null): PreparedOperation | undefined {
    return this.byText.get(keyOf(text, operationName));
  }

  /** Prepares an operation that is about to be executed: its document was parsed, validated and is within the limits. */
  add(text: string, operationName: string | null, document: DocumentNode): void {
    const operation = this.of(document);
    if (operation) this.byText.set(keyOf(text, operationName), operation);
  }

  /** The operation of a document with this operation alone; null if it cannot be prepared. */
  of(document: DocumentNode): PreparedOperation | null {
    const known = this.byDocument.get(document);
    if (known !== undefined) return known;
    const made = isPreparable(document) ? new PreparedQuery(this.schema, document, this.bindings) : null;
    this.byDocument.set(document, made);
    return made;
  }
}

const keyOf = (text: string, operationName: string | null) => `${operationName ?? ""}\n${text}`;

/** Mutations run as they are, and so does introspection, which the registry's resolvers do not answer. */
function isPreparable(document: DocumentNode): boolean {
  return getOperationAST(document)?.operation === "query" && !selectsMeta(document);
}

function selectsMeta({ definitions }: DocumentNode): boolean {
  return definitions.some(
    (definition) =>
      "selectionSet" in definition &&
      definition.selectionSet.selections.some(
        (selection) => selection.kind === Kind.FIELD && /^__(schema|type)$/.test(selection.name.value),
      ),
  );
}
