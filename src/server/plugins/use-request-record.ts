import { type DocumentNode, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { EntryPointContext } from "../kit/services.js";
import type { RequestRecord } from "../requests/request-record.js";

type Seen = Partial<EntryPointContext> & { codes?: readonly string[] };

/** Notes on the visit what becomes known while it is served: who asks, and which operation it is. */
export function useRequestRecord(): Plugin<object, Seen> {
  return {
    onParse({ context }) {
      return ({ result }: { result: unknown }) => noteOperation(context as Seen, result);
    },
    onExecute: ({ args }) => noteBegun(args.contextValue as Seen),
    onSubscribe: ({ args }) => noteBegun(args.contextValue as Seen),
    onResponse({ serverContext }) {
      const { record, viewer, codes } = serverContext as Seen;
      if (!record) return;
      record.viewer = viewer;
      if (codes && record.messages === undefined) record.codes = codes;
    },
  };
}

function noteOperation(context: Seen & { params?: { operationName?: string | null } }, result: unknown): void {
  const { record } = context;
  if (!record || !isDocument(result)) return;
  const operation = getOperationAST(result, context.params?.operationName ?? record.requestedName);
  record.operationType = operation?.operation;
  record.operationName = operation?.name?.value;
}

function noteBegun({ record }: { record?: RequestRecord }): void {
  if (record) record.isExecuted = true;
}

function isDocument(result: unknown): result is DocumentNode {
  return typeof result === "object" && result !== null && "kind" in result;
}
