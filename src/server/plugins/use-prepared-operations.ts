import { type ExecutionArgs, execute, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { PreparedOperation } from "../../graphql/prepared/prepared-operation.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import type { EntryPointServices, HttpContext } from "../kit/services.js";

/**
 * Executes what can be prepared by its prepared form, and else with graphql-js itself. Yoga's own executor writes the fields
 * of a response in the order in which they were done; the specification requires the order of the document (GraphQL,
 * October 2021, §7.2.2).
 */
export function usePreparedOperations({ prepared, metrics }: EntryPointServices): Plugin {
  /** Null: it cannot be prepared. The entry for prepared operations finds it from now on. */
  function prepare({ document, operationName }: ExecutionArgs): PreparedOperation | null {
    const operation = prepared.of(document);
    const text = getOperationAST(document)?.loc?.source.body;
    if (text !== undefined) prepared.add(text, operationName || null, document);
    return operation;
  }

  async function run(operation: PreparedOperation | null, args: ExecutionArgs) {
    const context = args.contextValue as GraphQLContext;
    const bound = operation?.bind(args.variableValues ?? {});
    const data = (await bound?.execute({ ...context, answer: context.answer.fresh() })) ?? null;
    metrics.countExecution(data === null ? "plain" : "prepared");
    return data === null ? execute(args) : { data: JSON.parse(data) as Record<string, unknown> };
  }

  return {
    onExecute({ args, setExecuteFn }) {
      const { charge } = args.contextValue as Partial<HttpContext>;
      // the entry has tried, and found something unusual
      const operation = charge ? null : prepare(args);
      setExecuteFn((given: ExecutionArgs) => run(operation, given));
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
