import { InvalidDocumentError } from "../../domain/errors.js";
import { sha256 } from "../../util/sha256.js";

/** What a client sends of an operation, before anything of it is believed. */
export interface GivenOperation {
  readonly query?: unknown;
  readonly extensions?: unknown;
  readonly documentId?: unknown;
}

/** By which id a client asks for a document: as Apollo's persisted queries say it, or as GraphQL over HTTP's appendix does. */
function idOf({ extensions, documentId }: GivenOperation): string | null {
  if (typeof documentId === "string") return documentId;
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } };
  const hash = persistedQuery?.sha256Hash;
  return typeof hash === "string" ? hash : null;
}

/** The text to execute, if it is one of the list; throws an InvalidDocumentError. */
export function requireListed(
  operations: ReadonlyMap<string, string> | null,
  given: GivenOperation,
): string | undefined {
  const id = idOf(given);
  const text = typeof given.query === "string" && given.query !== "" ? given.query : undefined;
  if (operations === null) {
    if (text === undefined && id !== null)
      throw new InvalidDocumentError("This server keeps no list of operations: send the document itself.");
    return text;
  }
  const listed = id === null ? text && operations.get(sha256(text)) : operations.get(id);
  if (listed !== undefined && listed !== "" && (text === undefined || text === listed)) return listed;
  throw new InvalidDocumentError("This server executes the operations of its list only, and this is none of them.");
}
