import type { DocumentNode } from "graphql";
import type { PreparedOperation } from "./prepared-operation.js";

/** The operations that were prepared, by the text of their document and the name that selects them. */
export class PreparedOperations {
  /** The operation, if it was executed before and can be prepared. */
  find(_text: string, _operationName: string | null): PreparedOperation | undefined {
    return undefined;
  }

  /** Prepares an operation that is about to be executed: its document was parsed, validated and is within the limits. */
  add(_text: string, _operationName: string | null, _document: DocumentNode): void {}
}
