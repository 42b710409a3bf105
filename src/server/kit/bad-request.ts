import { GraphQLError } from "graphql";

/** The refusal of what is no GraphQL request, with an HTTP status for every media type of the response. */
export function badRequest(message: string, status = 400): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST", http: { status } } });
}
