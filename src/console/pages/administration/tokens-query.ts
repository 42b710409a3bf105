import { graphql, type VariablesOf } from "../../graphql/graphql";

export const REVOCATIONS = graphql(`
  query ConsoleRevocations($after: String) {
    revocations(first: 50, after: $after) {
      totalCount
      nodes { id tokenId issuer subject issuedBefore reason createdAt createdBy { subject name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const REVOKE = graphql(`
  mutation ConsoleRevoke($input: RevokeTokensInput!) {
    revokeTokens(input: $input) { revocation { id } }
  }
`);

export type RevokeInput = VariablesOf<typeof REVOKE>["input"];
