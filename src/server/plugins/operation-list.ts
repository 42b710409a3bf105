import { InvalidDocumentError } from "../../domain/errors.js";
import { sha256 } from "../../util/sha256.js";

/** An operation as a client sends it, not yet checked. */
export interface GivenOperation {
  readonly query?: unknown;
  readonly extensions?: unknown;
  readonly documentId?: unknown;
}

/** The id of the document, in the form of GraphQL over HTTP's appendix or of Apollo's persisted queries. */
function idOf(given: GivenOperation): string | null {
  return typeof given.documentId === "string" ? given.documentId : persistedHashOf(given);
}

function persistedHashOf({ extensions }: GivenOperation): string | null {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } };
  const hash = persistedQuery?.sha256Hash;
  return typeof hash === "string" ? hash : null;
}

/** The message for which Apollo's persisted-query links send the document itself, and stop sending hashes. */
const PERSISTED_QUERY_NOT_SUPPORTED = "PersistedQueryNotSupported";

/** Returns the text to execute. Throws an InvalidDocumentError if the server has a list and the operation is not in it. */
export function requireListed(
  operations: ReadonlyMap<string, string> | null,
  given: GivenOperation,
): string | undefined {
  const id = idOf(given);
  const text = typeof given.query === "string" && given.query !== "" ? given.query : undefined;
  if (operations === null) {
    if (text !== undefined || id === null) return text;
    const isApollo = persistedHashOf(given) === id;
    throw new InvalidDocumentError(
      isApollo ? PERSISTED_QUERY_NOT_SUPPORTED : "This server has no list of operations. Send the document itself.",
    );
  }
  const listed = id === null ? text && operations.get(sha256(text)) : operations.get(id);
  if (listed !== undefined && listed !== "" && (text === undefined || text === listed)) return listed;
  throw new InvalidDocumentError("This server executes only the operations of its list. This one is not in it.");
}
