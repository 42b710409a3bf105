import { initGraphQLTada } from "gql.tada";
import type { introspection } from "../generated/graphql-env";

/** Documents whose variables and results have the types of the schema. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; Long: number; JSON: unknown; MetricValue: number | "NaN" | "Infinity" | "-Infinity" };
}>();

export { type FragmentOf, type ResultOf, readFragment, type VariablesOf } from "gql.tada";
