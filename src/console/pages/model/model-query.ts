import { graphql, type ResultOf } from "../../graphql/graphql";
import { EventLine } from "./event-query";

export const VersionRow = graphql(`
  fragment VersionRow on ModelVersion @_unmask {
    id
    number
    stage
    status
    createdAt
    createdBy { subject name }
    aliases { name }
    run { id runId name metrics { key value dataset { id name } } }
  }
`);

export type VersionRowData = ResultOf<typeof VersionRow>;

export const MODEL = graphql(
  `
    query ConsoleModel($name: String!, $events: Int!) {
      model(name: $name) {
        id
        name
        description
        createdAt
        createdBy { subject name }
        updatedAt
        tags { key value }
        aliases { name setAt setBy { subject name } modelVersion { id number } }
        stages { stage count since current { id number createdBy { subject name } } }
        transitions(first: 200) {
          totalCount
          nodes { id at from to versionNumber reason actor { subject name } }
        }
        versions(first: 50, orderBy: { field: NUMBER, direction: DESC }) {
          totalCount
          nodes { ...VersionRow }
          pageInfo { hasNextPage endCursor }
        }
        deployments(first: 50) {
          totalCount
          nodes {
            id
            environment
            endpoint
            health
            state
            drifted
            stale
            lastReportedAt
            desired { id number }
            running { number weight since }
          }
        }
        promotionRequests(first: 10, where: { status: [OPEN, APPROVED] }) {
          nodes { id status stage alias versionNumber createdAt reason requestedBy { subject name } }
        }
        guards { name revision mode stages aliases rules { position requirement } }
        activity(first: $events) { nodes { ...EventLine } pageInfo { hasNextPage } }
      }
    }
  `,
  [VersionRow, EventLine],
);

export type ModelData = NonNullable<ResultOf<typeof MODEL>["model"]>;

export const MORE_VERSIONS = graphql(
  `
    query ConsoleMoreVersions($name: String!, $after: String!) {
      model(name: $name) {
        id
        versions(first: 100, after: $after, orderBy: { field: NUMBER, direction: DESC }) {
          nodes { ...VersionRow }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  `,
  [VersionRow],
);
