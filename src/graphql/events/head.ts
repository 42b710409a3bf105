import { type DocumentNode, getOperationAST, Kind, type SelectionSetNode } from "graphql";
import type { Head as LogHead } from "../../store/events/event-log.js";
import { readHead } from "../../store/events/event-log.js";
import { builder } from "../kit/builder.js";
import type { GraphQLContext } from "../request/context.js";

const Head = builder.objectRef<LogHead>("Head").implement({
  description: "The newest position in the registry's log.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", {
      description: "The position after the newest event. `after: cursor` of a subscription misses nothing.",
    }),
    revision: t.expose("revision", {
      type: "Long",
      description: "The revision of the newest event; 0 if there is none.",
    }),
    at: t.expose("at", { type: "DateTime", description: "When the newest event happened." }),
  }),
});

builder.queryField("head", (t) =>
  t.field({
    type: Head,
    description:
      "The head of the log, read before every other field of the document. The other fields are at least as new, so a stream that starts here has no gap. It may repeat events.",
    resolve: async (_root, _args, context) => context.head ?? readHead(context.db),
  }),
);

/** Call this before the execution of an operation, with the document of this operation alone. */
export async function readHeadFirst(context: GraphQLContext, document: DocumentNode) {
  if (queriesHead(document)) context.head = await readHead(context.db);
}

/** Whether the operation, which is the document's only one, selects the head. */
export function queriesHead(document: DocumentNode): boolean {
  const operation = getOperationAST(document);
  return operation?.operation === "query" && selectsHead(document, operation.selectionSet, new Set());
}

function selectsHead(document: DocumentNode, set: SelectionSetNode, seen: Set<string>): boolean {
  return set.selections.some((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value === "head";
    if (selection.kind === Kind.INLINE_FRAGMENT) return selectsHead(document, selection.selectionSet, seen);
    if (seen.has(selection.name.value)) return false;
    seen.add(selection.name.value);
    return document.definitions.some(
      (node) =>
        node.kind === Kind.FRAGMENT_DEFINITION &&
        node.name.value === selection.name.value &&
        selectsHead(document, node.selectionSet, seen),
    );
  });
}
