import { type ExecutionArgs, getOperationAST, OperationTypeNode } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { PreparedOperation } from "../../graphql/prepared/prepared-operation.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import type { EntryPointServices, HttpContext } from "../kit/services.js";
import { introspectionCost } from "../limits/introspection-cost.js";

/**
 * Prepares the queries that are executed, and executes those that were prepared before. Whatever is unusual runs as if
 * nothing were prepared.
 */
export function usePreparedOperations({ prepared, metrics }: EntryPointServices): Plugin {
  /** Undefined: it was not prepared until now, or cannot be. */
  function prepare({ document, schema, operationName }: ExecutionArgs): PreparedOperation | undefined {
    const operation = getOperationAST(document);
    const text = operation?.loc?.source.body;
    // the entry for prepared operations does not charge for introspection
    if (operation?.operation !== OperationTypeNode.QUERY || text === undefined) return undefined;
    const name = operationName || null;
    const known = prepared.find(text, name);
    if (!known && introspectionCost(document, schema) === 0) prepared.add(text, name, document);
    return known;
  }

  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const { charge } = args.contextValue as Partial<HttpContext>;
      // the entry has tried, and found something unusual
      const operation = charge ? undefined : prepare(args);
      setExecuteFn(async (given: ExecutionArgs) => {
        const bound = operation?.bind((given.variableValues ?? {}) as Record<string, unknown>);
        const result = await bound?.execute(given.contextValue as GraphQLContext);
        metrics.countExecution(result ? "prepared" : "plain");
        return result ?? executeFn(given);
      });
    },
  };
}

/** Answers with the failure of a prepared operation, which was admitted and executed before yoga was asked. */
export function usePreparedFailure(): Plugin {
  return {
    onExecute({ args, setExecuteFn }) {
      const { failure } = args.contextValue as Partial<HttpContext>;
      if (failure !== undefined) setExecuteFn(() => Promise.reject(failure));
    },
  };
}
