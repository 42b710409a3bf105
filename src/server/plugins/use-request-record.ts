import { getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import { isDocument } from "../kit/selected-operation.js";
import type { HttpContext } from "../kit/services.js";

/** An operation of a socket has a record, too, but no parameters of HTTP. */
type OperationContext = Partial<HttpContext> & { params?: { operationName?: string | null } };

/** Adds to the record of a request what becomes known while it is served: the viewer, the operation, the error codes. */
export function useRequestRecord(): Plugin<OperationContext, HttpContext> {
  return {
    onParse: ({ context }) => {
      return ({ result }) => recordOperation(context, result);
    },
    onExecute: ({ args }) => recordExecution(args.contextValue),
    onSubscribe: ({ args }) => recordExecution(args.contextValue),
    onResponse({ serverContext }) {
      const { record, viewer, codes } = serverContext;
      record.viewer = viewer;
      if (codes && record.messages === undefined) record.codes = codes;
    },
  };
}

function recordOperation({ record, params }: OperationContext, result: unknown): void {
  if (!record || !isDocument(result)) return;
  const operation = getOperationAST(result, params?.operationName ?? record.requestedName);
  record.operationType = operation?.operation;
  record.operationName = operation?.name?.value;
}

function recordExecution({ record }: OperationContext): void {
  if (record) record.isExecuted = true;
}
