import { type ExecutionArgs, execute } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { PreparedOperations } from "../../graphql/prepared/prepared-operations.js";
import type { GraphQLContext } from "../../graphql/request/context.js";

/**
 * Executes what can be prepared by its prepared form, and else with graphql-js itself. Yoga's own executor writes the fields
 * of a response in the order in which they were done; the specification requires the order of the document (GraphQL,
 * October 2021, §7.2.2).
 */
export function usePreparedOperations(operations: PreparedOperations): Plugin {
  async function executePrepared(args: ExecutionArgs) {
    const bound = operations.of(args.document)?.bind(args.variableValues ?? {});
    const context = args.contextValue as GraphQLContext;
    return (await bound?.execute({ ...context, answer: context.answer.fresh() })) ?? execute(args);
  }
  return {
    onExecute: ({ setExecuteFn }) => setExecuteFn(executePrepared),
  };
}
