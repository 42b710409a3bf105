import { type DocumentNode, print } from "@0no-co/graphql.web";
import { formatDocument, stringifyDocument } from "@urql/core";

const MODULES = import.meta.glob<Readonly<Record<string, unknown>>>("./**/*-query.ts", { eager: true });

/**
 * The texts of all documents that the console sends, for the build. The client adds `__typename` for its cache; what is
 * sent without it goes as it was written.
 */
export function listDocuments(): readonly string[] {
  const documents = Object.values(MODULES).flatMap((module) => Object.values(module).filter(isOperation));
  const texts = documents.flatMap((document) => [print(document), stringifyDocument(formatDocument(document))]);
  return [...new Set(texts)];
}

/** Not a fragment, which is sent as a part of others. */
function isOperation(value: unknown): value is DocumentNode {
  if (typeof value !== "object" || value === null || !("definitions" in value)) return false;
  return (value as DocumentNode).definitions.some(({ kind }) => kind === "OperationDefinition");
}
