import { useCallback } from "react";
import { type AnyVariables, type TypedDocumentNode, useQuery } from "urql";
import { type Change, useChanges } from "./live";

/** A document that is read again after the changes that concern it. */
export function useLiveQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  concerns: (change: Change) => boolean,
) {
  const [result, execute] = useQuery<Data, Variables>({ query, variables, requestPolicy: "cache-and-network" });
  const refresh = useCallback(() => execute({ requestPolicy: "network-only" }), [execute]);
  useChanges((changes) => {
    if (changes === null || changes.some(concerns)) refresh();
  });
  return { ...result, refresh };
}
