import { graphql, type ResultOf } from "../../graphql/graphql";

export const EXPERIMENTS = graphql(`
  query ConsoleExperiments($where: ExperimentFilter, $orderBy: ExperimentOrder, $after: String) {
    experiments(first: 50, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      nodes {
        id
        name
        number
        description
        updatedAt
        createdBy { subject name }
        runs(first: 1) { totalCount nodes { id runId status createdAt } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export type ExperimentRowData = ResultOf<typeof EXPERIMENTS>["experiments"]["nodes"][number];
