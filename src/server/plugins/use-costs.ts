import { complexityFromQuery } from "@pothos/plugin-complexity";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import { TooComplexError } from "../../domain/errors.js";
import { type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import type { Admission } from "../limits/admission.js";
import { introspectionCost } from "../limits/introspection-cost.js";
import type { RateLimits } from "../limits/rate-limits.js";

type Refuse = (result: ExecutionResult) => void;

interface Costs {
  readonly rates: RateLimits;
  readonly services: ErrorServices;
  /** The highest complexity that one document may have. */
  readonly max: number;
}

/** Counts what an operation costs before anything of it is executed: refuses what is too complex, and charges its viewer. */
export function useCosts({ rates, services, max }: Costs): Plugin {
  async function charge(args: ExecutionArgs, refuse: Refuse): Promise<void> {
    const { viewer, requestId } = args.contextValue as GraphQLContext;
    try {
      const points = complexityOf(args);
      await rates.charge(viewer.actor, Math.min(points, max) + introspectionCost(args.document, args.schema));
      if (points > max) throw tooComplex(points, max);
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

function complexityOf({ schema, document, variableValues, contextValue }: ExecutionArgs): number {
  const variables = variableValues as Record<string, unknown> | undefined;
  const ctx = contextValue as GraphQLContext;
  return complexityFromQuery(document, { schema, ctx, ...(variables && { variables }) }).complexity;
}

function tooComplex(complexity: number, maxComplexity: number): TooComplexError {
  return new TooComplexError(
    `The document has a complexity of ${complexity}; at most ${maxComplexity} is allowed. Ask for smaller pages.`,
    { complexity, maxComplexity },
  );
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
