import { complexityFromQuery } from "@pothos/plugin-complexity";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { GraphQLContext } from "../graphql/context.js";
import { type ErrorServices, toClientError } from "../graphql/errors.js";
import type { Admission } from "./admission.js";
import { introspectionCost } from "./introspection-cost.js";
import type { RateLimits } from "./rate-limits.js";

type Refuse = (result: ExecutionResult) => void;

/** Charges an operation to its viewer, before it is executed, by the points that its complexity is limited by. */
export function useCosts(rates: RateLimits, services: ErrorServices): Plugin {
  async function charge(args: ExecutionArgs, refuse: Refuse): Promise<void> {
    const { schema, document, variableValues, contextValue } = args;
    const { viewer, requestId, complexityLimit } = contextValue as GraphQLContext;
    try {
      const variables = variableValues as Record<string, unknown> | undefined;
      const given = { schema, ctx: contextValue as never, ...(variables && { variables }) };
      // what is more is refused as too complex, and was not done
      const complexity = () => Math.min(complexityFromQuery(document, given).complexity, complexityLimit);
      const points = () => complexity() + introspectionCost(document, schema);
      await rates.charge(viewer.actor, points);
    } catch (error) {
      refuse({ errors: [toClientError(error, requestId, services)] });
    }
  }
  return {
    onExecute: ({ args, setResultAndStopExecution }) =>
      charge(args as ExecutionArgs, setResultAndStopExecution as Refuse),
    onSubscribe: ({ args, setResultAndStopExecution }) =>
      charge(args as ExecutionArgs, setResultAndStopExecution as Refuse),
  };
}

/** Executes no more at once than the process has places for. What is given up for its time keeps its place until it is done. */
export function useAdmission(admission: Admission): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (args: ExecutionArgs) => {
        const leave = await admission.enter((args.contextValue as GraphQLContext).viewer.actor);
        try {
          return await executeFn(args);
        } finally {
          leave();
        }
      });
    },
  };
}
