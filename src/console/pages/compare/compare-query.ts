import { graphql, type ResultOf } from "../../graphql/graphql";

export const COMPARED_VERSIONS = graphql(`
  query ConsoleComparedVersions($versions: [ModelVersionRef!]!) {
    compareVersions(versions: $versions) {
      versions {
        id
        number
        stage
        model { id name }
        run { id runId status }
      }
      params { key values differs }
      metrics { key values differs dataset { id name } }
      inputs { nodeId name context present differs }
      tags { key values differs }
    }
  }
`);

export const COMPARED_RUNS = graphql(`
  query ConsoleComparedRuns($runs: [ID!]!) {
    nodes(ids: $runs) {
      id
      ... on Run {
        runId
        name
        status
        params { key value }
        metrics { key value dataset { id name } }
        tags { key value }
        inputs(first: 100) {
          nodes {
            context
            dataset { id name digest }
            modelVersion { id number model { id name } }
            loggedModel { id name }
            run { id runId name }
          }
        }
      }
    }
  }
`);

type ComparedNode = NonNullable<ResultOf<typeof COMPARED_RUNS>["nodes"][number]>;
export type ComparedRun = Extract<ComparedNode, { params: unknown }>;
export type ComparedVersions = NonNullable<ResultOf<typeof COMPARED_VERSIONS>["compareVersions"]>;
