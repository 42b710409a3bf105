import type { GraphQLContext } from "../request/context.js";

/** A query of a document that was parsed, validated and found within the limits once, ready to be answered many times. */
export interface PreparedOperation {
  /** The name of the operation, for the log. */
  readonly name: string | undefined;
  /** Coerces the variables of one request. Null: something is unusual, and the plain path must answer. */
  bind(variables: Readonly<Record<string, unknown>>): BoundOperation | null;
}

/** A prepared operation with the variables of one request. */
export interface BoundOperation {
  /** The points that the request costs: what `complexityFromQuery` computes. */
  readonly complexity: number;
  /**
   * The JSON text of the data, at once if nothing has to be read. Null: something is unusual (a refused field, an error), and
   * the plain path must answer.
   */
  execute(context: GraphQLContext): string | null | Promise<string | null>;
}
