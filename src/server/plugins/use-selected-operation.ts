import type { ExecutionArgs } from "graphql";
import type { Plugin } from "graphql-yoga";
import { isDocument, requireOperation, selectOperation } from "../kit/selected-operation.js";
import type { HttpContext } from "../kit/services.js";

/** An operation of a socket has no parameters of HTTP: `socket-operations` checks its name. */
type OperationContext = Partial<HttpContext> & { params?: { operationName?: string | null } };

/**
 * Executes the selected operation as if the document had no other. So every limit, counter and analysis of later plugins
 * looks at what is executed: else a cheap first operation would hide an expensive one, or an expensive one would forbid a
 * cheap one of the same file. Validation alone looks at the whole document, as the specification requires.
 */
export function useSelectedOperation(): Plugin<OperationContext> {
  const narrow = (args: ExecutionArgs) => {
    args.document = selectOperation(args.document, args.operationName);
  };
  return {
    onParse({ context: { params } }) {
      return ({ result }) => {
        if (params && isDocument(result)) requireOperation(result, params.operationName);
      };
    },
    onExecute: ({ args }) => narrow(args),
    onSubscribe: ({ args }) => narrow(args),
  };
}
