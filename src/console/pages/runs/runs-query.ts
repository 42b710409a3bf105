import { graphql, type ResultOf } from "../../graphql/graphql";

export const RunRow = graphql(`
  fragment RunRow on Run @_unmask {
    id
    runId
    name
    status
    user
    startedAt
    endedAt
    createdBy { subject name }
    experiment { id name }
    params(keys: $params) { key value }
    metrics(keys: $metrics) { key value step dataset { id name } }
  }
`);

export type RunRowData = ResultOf<typeof RunRow>;

/** `params` and `metrics`: the chosen columns; null while nobody has chosen, so that all keys are known. */
export const RUNS = graphql(
  `
    query ConsoleRuns(
      $where: RunFilter
      $orderBy: RunOrder
      $after: String
      $first: Int!
      $params: [String!]
      $metrics: [String!]
    ) {
      runs(first: $first, after: $after, where: $where, orderBy: $orderBy) {
        totalCount
        nodes { ...RunRow }
        pageInfo { hasNextPage endCursor }
      }
      keys: runs(first: 5, where: $where) { nodes { id params { key } metrics { key } } }
    }
  `,
  [RunRow],
);

export type RunsResult = ResultOf<typeof RUNS>;
