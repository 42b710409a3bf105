import { type ExecutionArgs, type ExecutionResult, execute } from "graphql";
import type { Plugin } from "graphql-yoga";
import { readHeadFirst } from "../../graphql/events/head.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import { withinTime } from "../kit/within-time.js";

/**
 * Executes queries and mutations with graphql-js itself: yoga's own executor writes an answer's fields in the order in
 * which they were done, where the specification asks for that of the document (GraphQL, October 2021, §7.2.2).
 */
export function useReferenceExecutor(): Plugin {
  return {
    onExecute: ({ setExecuteFn }) => setExecuteFn(execute),
  };
}

/**
 * Reads the head of the log before the fields of a document that asks for it, so that watching from it has no gap. It is a
 * part of the execution: the bounds on that, which plugins after this one set, hold for it too.
 */
export function useHeadFirst(): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (args: ExecutionArgs) => {
        const { contextValue, document, operationName } = args;
        await readHeadFirst(contextValue as GraphQLContext, document, operationName);
        return executeFn(args);
      });
    },
  };
}

/** Answers in time, if only to say that there is no answer yet. */
export function useRequestTimeout(timeoutMs: number): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      const late = `The request was not done within ${timeoutMs} ms. What it changes may still be done: ask again with the same idempotencyKey.`;
      setExecuteFn((args: ExecutionArgs) => withinTime(timeoutMs, executeFn(args) as Promise<ExecutionResult>, late));
    },
  };
}
