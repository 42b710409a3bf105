import { graphql, type ResultOf, type VariablesOf } from "../../graphql/graphql";

export const POLICIES = graphql(`
  query ConsolePolicies($after: String) {
    policies(first: 50, after: $after) {
      totalCount
      nodes {
        id
        name
        revision
        mode
        protected
        definition
        updatedAt
        updatedBy { subject name }
        rules { position requirement }
        openChangeRequest { id kind status createdAt requestedBy { subject name } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export type PolicyData = ResultOf<typeof POLICIES>["policies"]["nodes"][number];

export const IMPACT = graphql(`
  query ConsolePolicyImpact($days: Int!, $policy: PolicyDraftInput!) {
    policyImpact(days: $days, policy: $policy) {
      since
      until
      isComplete
      counts { promotions blocked allowed unknown }
      promotions(first: 50, verdict: BLOCKED) {
        totalCount
        nodes {
          revision
          at
          modelName
          versionNumber
          stage
          alias
          actor { subject name }
          reason
          rules { position status requirement explanation }
        }
      }
    }
  }
`);

export type Draft = VariablesOf<typeof IMPACT>["policy"];
