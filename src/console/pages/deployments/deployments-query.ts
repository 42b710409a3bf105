import { graphql, type ResultOf } from "../../graphql/graphql";

export const DeploymentCell = graphql(`
  fragment DeploymentCell on Deployment @_unmask {
    id
    environment
    endpoint
    health
    state
    message
    drifted
    stale
    updatedAt
    lastReportedAt
    follows { stage alias }
    desired { id number }
    running { number weight since }
    model { id name }
  }
`);

export type DeploymentCellData = ResultOf<typeof DeploymentCell>;

export const DEPLOYMENTS = graphql(
  `
    query ConsoleDeployments($where: DeploymentFilter, $after: String) {
      deployments(first: 200, after: $after, where: $where) {
        totalCount
        nodes { ...DeploymentCell }
        pageInfo { hasNextPage endCursor }
      }
      all: deployments(first: 0) { totalCount }
      drifted: deployments(first: 0, where: { drifted: true }) { totalCount }
      stale: deployments(first: 0, where: { stale: true }) { totalCount }
      unwell: deployments(first: 0, where: { health: [DEGRADED, UNHEALTHY] }) { totalCount }
    }
  `,
  [DeploymentCell],
);

export type DeploymentsResult = ResultOf<typeof DEPLOYMENTS>;

export const DEPLOYMENT_HISTORY = graphql(
  `
    query ConsoleDeployment($id: ID!) {
      node(id: $id) {
        id
        ... on Deployment {
          ...DeploymentCell
          observedAt
          ttlSeconds
          history(first: 30) {
            totalCount
            nodes { revision at removed state health message actor { subject name } running { number weight } }
          }
        }
      }
    }
  `,
  [DeploymentCell],
);

type DeploymentNode = NonNullable<ResultOf<typeof DEPLOYMENT_HISTORY>["node"]>;
export type DeploymentDetails = Extract<DeploymentNode, { history: unknown }>;
