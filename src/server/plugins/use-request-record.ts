import { type DocumentNode, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { DoorContext } from "../kit/services.js";
import type { Visit } from "../requests/request-record.js";

type Seen = Partial<DoorContext> & { codes?: readonly string[] };

/** Notes on the visit what becomes known while it is served: who asks, and which operation it is. */
export function useVisit(): Plugin<object, Seen> {
  return {
    onParse({ context }) {
      return ({ result }: { result: unknown }) => noteOperation(context as Seen, result);
    },
    onExecute: ({ args }) => noteBegun(args.contextValue as Seen),
    onSubscribe: ({ args }) => noteBegun(args.contextValue as Seen),
    onResponse({ serverContext }) {
      const { visit, viewer, codes } = serverContext as Seen;
      if (!visit) return;
      visit.viewer = viewer;
      if (codes && visit.messages === undefined) visit.codes = codes;
    },
  };
}

function noteOperation(context: Seen & { params?: { operationName?: string | null } }, result: unknown): void {
  const { visit } = context;
  if (!visit || !isDocument(result)) return;
  const operation = getOperationAST(result, context.params?.operationName ?? visit.asked);
  visit.type = operation?.operation;
  visit.name = operation?.name?.value;
}

function noteBegun({ visit }: { visit?: Visit }): void {
  if (visit) visit.isExecuted = true;
}

function isDocument(result: unknown): result is DocumentNode {
  return typeof result === "object" && result !== null && "kind" in result;
}
