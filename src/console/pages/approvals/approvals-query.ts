import { graphql, type ResultOf } from "../../graphql/graphql";

export const OpenRequest = graphql(`
  fragment OpenRequest on PromotionRequest @_unmask {
    id
    status
    stage
    alias
    versionNumber
    reason
    createdAt
    expiresAt
    round
    staleReasons
    requestedBy { subject name issuer }
    reviews(first: 10) { nodes { at verdict comment round reviewer { subject name } } }
    modelVersion {
      id
      number
      stage
      run { id metrics { key value dataset { id name } } }
      checks(first: 5) { nodes { id name status summary } }
      model {
        id
        name
        stageHolder(stage: PRODUCTION) { id number run { id metrics { key value dataset { id name } } } }
      }
    }
  }
`);

export type OpenRequestData = ResultOf<typeof OpenRequest>;

export const APPROVALS = graphql(
  `
    query ConsoleApprovals {
      viewer {
        actor { subject issuer }
        scopes
        pendingApprovals(first: 15) { totalCount nodes { ...OpenRequest } pageInfo { hasNextPage endCursor } }
      }
      promotionRequests(first: 15, where: { status: [OPEN, APPROVED] }) {
        totalCount
        nodes { ...OpenRequest }
        pageInfo { hasNextPage endCursor }
      }
      closed: promotionRequests(first: 10, where: { status: [EXECUTED, REJECTED, CANCELLED, EXPIRED, STALE] }) {
        nodes {
          id
          status
          stage
          alias
          versionNumber
          closedAt
          requestedBy { subject name }
          modelVersion { id model { id name } }
        }
      }
    }
  `,
  [OpenRequest],
);

export const MORE_PENDING = graphql(
  `
    query ConsoleMorePending($after: String!) {
      viewer {
        pendingApprovals(first: 15, after: $after) { nodes { ...OpenRequest } pageInfo { hasNextPage endCursor } }
      }
    }
  `,
  [OpenRequest],
);

export const MORE_REQUESTS = graphql(
  `
    query ConsoleMoreRequests($after: String!) {
      promotionRequests(first: 15, after: $after, where: { status: [OPEN, APPROVED] }) {
        nodes { ...OpenRequest }
        pageInfo { hasNextPage endCursor }
      }
    }
  `,
  [OpenRequest],
);

export const APPROVE = graphql(`
  mutation ConsoleApprove($input: ApprovePromotionInput!) {
    approvePromotion(input: $input) { request { id status } }
  }
`);

export const REJECT = graphql(`
  mutation ConsoleReject($input: RejectPromotionInput!) {
    rejectPromotion(input: $input) { request { id status } }
  }
`);
