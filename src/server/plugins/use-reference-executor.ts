import { execute } from "graphql";
import type { Plugin } from "graphql-yoga";

/**
 * Executes queries and mutations with graphql-js itself. Yoga's own executor writes the fields of a response in the order
 * in which they were done; the specification requires the order of the document (GraphQL, October 2021, §7.2.2).
 */
export function useReferenceExecutor(): Plugin {
  return {
    onExecute: ({ setExecuteFn }) => setExecuteFn(execute),
  };
}
