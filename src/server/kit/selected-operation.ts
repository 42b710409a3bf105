import { type DocumentNode, getOperationAST, Kind, type OperationDefinitionNode, separateOperations } from "graphql";
import { InvalidDocumentError } from "../../domain/errors.js";

/** The key is the parsed document: the document cache parses the same text once. */
const separated = new WeakMap<DocumentNode, Readonly<Record<string, DocumentNode>>>();

/**
 * Returns the document with the operation of this name, and the fragments that it uses, alone. Without a name the document
 * must have one operation (GraphQL, October 2021, §6.1). The same document and name return the same object, so what is
 * computed of an operation can be kept with it.
 *
 * Throws an InvalidDocumentError that names the operations if there is none of this name.
 */
export function selectOperation(document: DocumentNode, name: string | null | undefined): DocumentNode {
  const operation = requireOperation(document, name);
  if (operationsOf(document).length === 1) return document;
  let known = separated.get(document);
  if (!known) {
    known = separateOperations(document);
    separated.set(document, known);
  }
  return known[operation.name?.value ?? ""] ?? document;
}

/** Returns the operation that the name selects; throws as `selectOperation` does. An empty name selects as an absent one. */
export function requireOperation(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, name || null);
  if (operation) return operation;
  throw new InvalidDocumentError(explain(operationsOf(document), name));
}

/** Whether what the parser returned is a document, and not its error. */
export function isDocument(parsed: unknown): parsed is DocumentNode {
  return typeof parsed === "object" && parsed !== null && "kind" in parsed;
}

function operationsOf(document: DocumentNode): OperationDefinitionNode[] {
  return document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
}

const MAX_NAMES = 10;
const MAX_NAME_CHARACTERS = 100;

function explain(operations: readonly OperationDefinitionNode[], name: string | null | undefined): string {
  if (operations.length === 0) return "The document has no operation.";
  if (!name) return `The document has ${operations.length} operations; operationName must say which one to execute.`;
  const names = operations.flatMap((operation) => operation.name?.value ?? []);
  const listed = names.slice(0, MAX_NAMES).map((known) => JSON.stringify(known.slice(0, MAX_NAME_CHARACTERS)));
  const more = names.length > MAX_NAMES ? `, and ${names.length - MAX_NAMES} more` : "";
  const has = listed.length === 0 ? "Its operation has no name." : `It has ${listed.join(", ")}${more}.`;
  return `The document has no operation named ${JSON.stringify(name.slice(0, MAX_NAME_CHARACTERS))}. ${has}`;
}
