import { graphql, type ResultOf } from "../../graphql/graphql";

export const ModelRow = graphql(`
  fragment ModelRow on Model @_unmask {
    id
    name
    description
    updatedAt
    owner: tag(key: "owner")
    createdBy { subject name }
    latestVersion { id number status createdAt }
    stages { stage count since current { id number } }
    aliases { name modelVersion { id number } }
    running: deployments(first: 0) { totalCount }
    drifted: deployments(first: 0, where: { drifted: true }) { totalCount }
  }
`);

export type ModelRowData = ResultOf<typeof ModelRow>;

export const MODELS = graphql(
  `
    query ConsoleModels($where: ModelFilter, $orderBy: ModelOrder, $after: String) {
      models(first: 50, after: $after, where: $where, orderBy: $orderBy) {
        totalCount
        nodes { ...ModelRow }
        pageInfo { hasNextPage endCursor }
      }
    }
  `,
  [ModelRow],
);

/** The rows that changed, so that they change in place. */
export const CHANGED_MODELS = graphql(
  `
    query ConsoleChangedModels($names: [String!]!) {
      models(first: 50, where: { name: { in: $names } }) {
        nodes { ...ModelRow }
      }
    }
  `,
  [ModelRow],
);
