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

export const EXPERIMENT_NAME = graphql(`
  query ConsoleExperimentName($numbers: [Int!]!) {
    experiments(first: 1, where: { numbers: $numbers }) {
      nodes { id name }
    }
  }
`);

export type ExperimentRowData = ResultOf<typeof EXPERIMENTS>["experiments"]["nodes"][number];
