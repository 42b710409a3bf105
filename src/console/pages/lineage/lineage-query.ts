import { graphql, type ResultOf } from "../../graphql/graphql";

export const LINEAGE = graphql(`
  query ConsoleLineage($of: ID!, $direction: LineageDirection!, $depth: Int!, $first: Int!) {
    lineage(of: { id: $of }, direction: $direction, depth: $depth, first: $first) {
      truncated
      counts { kind count }
      nodes {
        nodeId
        kind
        name
        depth
        node {
          id
          ... on Dataset { name digest }
          ... on Run { runId status experiment { id name } }
          ... on ModelVersion { number stage model { id name } }
          ... on Deployment { environment endpoint health state drifted stale servedModel: model { id name } running { number weight } }
        }
      }
      edges { from to kind context }
    }
  }
`);

export type LineageData = NonNullable<ResultOf<typeof LINEAGE>["lineage"]>;
export type LineageNodeData = LineageData["nodes"][number];

/** Only what a row of the file needs, so that a walk of many nodes is not too complex. */
export const EXPORTED_LINEAGE = graphql(`
  query ConsoleExportedLineage($of: ID!, $direction: LineageDirection!, $depth: Int!, $first: Int!) {
    lineage(of: { id: $of }, direction: $direction, depth: $depth, first: $first) {
      truncated
      nodes {
        nodeId
        kind
        name
        depth
        node {
          id
          ... on Run { status }
          ... on ModelVersion { stage }
          ... on Deployment { environment health state drifted stale running { number } }
        }
      }
    }
  }
`);

export type ExportedNode = NonNullable<ResultOf<typeof EXPORTED_LINEAGE>["lineage"]>["nodes"][number];

export const DATASETS = graphql(`
  query ConsoleDatasets($where: DatasetFilter, $after: String) {
    datasets(first: 50, after: $after, where: $where, orderBy: { field: CREATED_AT, direction: DESC }) {
      totalCount
      nodes {
        id
        name
        digest
        sourceType
        createdAt
        createdBy { subject name }
        downstream(first: 0) { totalCount }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export type DatasetRowData = ResultOf<typeof DATASETS>["datasets"]["nodes"][number];
