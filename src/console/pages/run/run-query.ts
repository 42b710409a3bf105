import { graphql, type ResultOf } from "../../graphql/graphql";

const RunInput = graphql(`
  fragment RunInput on UpstreamLink @_unmask {
    context
    dataset { id name digest }
    loggedModel { id name }
    modelVersion { id number model { id name } }
    run { id runId name }
  }
`);

const RunOutput = graphql(`
  fragment RunOutput on DownstreamLink @_unmask {
    context
    step
    dataset { id name digest }
    loggedModel { id name }
    modelVersion { id number stage model { id name } }
    run { id runId name }
  }
`);

export const RUN = graphql(
  `
    query ConsoleRun($run: ID!) {
      run(id: $run) {
        id
        runId
        name
        status
        user
        source
        gitCommit
        artifactUri
        startedAt
        endedAt
        createdBy { subject name }
        experiment { id name }
        parent { id runId name }
        children(first: 20) { totalCount nodes { id runId name status } }
        tags { key value }
        params { key value }
        metrics { key value step timestamp dataset { id name } }
        inputs(first: 50) { totalCount nodes { ...RunInput } }
        outputs(first: 50) { totalCount nodes { ...RunOutput } }
      }
    }
  `,
  [RunInput, RunOutput],
);

export type RunData = NonNullable<ResultOf<typeof RUN>["run"]>;
export type RunInputData = ResultOf<typeof RunInput>;
export type RunOutputData = ResultOf<typeof RunOutput>;
