import { complexityFromQuery } from "@pothos/plugin-complexity";
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import { TooComplexError } from "../../domain/errors.js";
import { type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";
import { withPairKey } from "../../graphql/kit/pair-key.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import type { HttpContext } from "../kit/services.js";
import { introspectionCost } from "../limits/introspection-cost.js";
import type { RateLimits } from "../limits/rate-limits.js";

interface Costs {
  readonly rates: RateLimits;
  readonly services: ErrorServices;
  /** The highest complexity that one document may have. */
  readonly max: number;
}

/** Computes what an operation costs before it is executed, charges its viewer, and refuses what is too complex. */
export function useCosts({ rates, services, max }: Costs): Plugin<GraphQLContext> {
  function charge(args: ExecutionArgs, refuse: (result: ExecutionResult) => void): void {
    const { viewer, requestId, charge: charged } = args.contextValue as GraphQLContext & Pick<HttpContext, "charge">;
    try {
      const points = complexityOf(args);
      if (charged?.refusal) throw charged.refusal;
      if (!charged) rates.charge(viewer.actor, Math.min(points, max) + introspectionCost(args.document, args.schema));
      if (points > max) throw tooComplex(points, max);
    } catch (error) {
      // the variables are coerced here first, so what is wrong with them is found here
      const named = error instanceof GraphQLError ? withPairKey(error, variablesOf(args)) : error;
      refuse({ errors: [toClientError(named, requestId, services)] });
    }
  }
  return {
    onExecute: ({ args, setResultAndStopExecution }) => charge(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => charge(args, setResultAndStopExecution),
  };
}

function variablesOf({ variableValues }: ExecutionArgs): Record<string, unknown> | undefined {
  return variableValues as Record<string, unknown> | undefined;
}

function complexityOf(args: ExecutionArgs): number {
  const { schema, document, contextValue } = args;
  const variables = variablesOf(args);
  const ctx = contextValue as GraphQLContext;
  return complexityFromQuery(document, { schema, ctx, ...(variables && { variables }) }).complexity;
}

function tooComplex(complexity: number, maxComplexity: number): TooComplexError {
  return new TooComplexError(
    `The document has a complexity of ${complexity}; at most ${maxComplexity} is allowed. Request smaller pages.`,
    { complexity, maxComplexity },
  );
}
