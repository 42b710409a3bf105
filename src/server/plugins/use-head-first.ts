import type { ExecutionArgs } from "graphql";
import type { Plugin } from "graphql-yoga";
import { readHeadFirst } from "../../graphql/events/head.js";
import type { GraphQLContext } from "../../graphql/request/context.js";

/**
 * Reads the head of the log before the other fields of a document that selects it, so that a client that watches from it
 * misses nothing. It is part of the execution: the limits that later plugins set on execution hold for it too.
 */
export function useHeadFirst(): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (args: ExecutionArgs) => {
        await readHeadFirst(args.contextValue as GraphQLContext, args.document);
        return executeFn(args);
      });
    },
  };
}
