import { BREAK, type DocumentNode, type GraphQLSchema, getOperationAST, visit } from "graphql";
import { createDocumentCache } from "../request/document-cache.js";
import { Bindings } from "./bindings.js";
import type { PreparedOperation } from "./prepared-operation.js";
import { PreparedQuery } from "./prepared-query.js";

/** The operations that were prepared, by the text of their document and the name that selects them. */
export class PreparedOperations {
  private readonly schema: GraphQLSchema;
  private readonly bindings = new Bindings();
  /** Null: it cannot be prepared. */
  private readonly byDocument = new WeakMap<DocumentNode, PreparedOperation | null>();
  private readonly byText = createDocumentCache<PreparedOperation>();

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
export function isPreparable(document: DocumentNode): boolean {
  return getOperationAST(document)?.operation === "query" && !selectsSchema(document);
}

/** At any depth: a fragment of the root type may select it, too. */
function selectsSchema(document: DocumentNode): boolean {
  let isFound = false;
  visit(document, {
    Field({ name }) {
      if (name.value !== "__schema" && name.value !== "__type") return undefined;
      isFound = true;
      return BREAK;
    },
  });
  return isFound;
}
