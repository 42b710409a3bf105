// All documents that this module sends. `shelfmark operations` prints them for SHELFMARK_OPERATIONS.

const ACTOR = "actor { subject issuer name }";
export const STAGE_CHANGED = /* GraphQL */ `
  subscription ($where: StageChangedFilter, $after: String, $since: DateTime) {
    message: stageChanged(where: $where, after: $after, since: $since) {
      cursor
      event { id revision at ${ACTOR} modelName versionNumber from to reason }
    }
  }
`;
export const ALIAS_CHANGED = /* GraphQL */ `
  subscription ($where: AliasChangedFilter, $after: String, $since: DateTime) {
    message: aliasChanged(where: $where, after: $after, since: $since) {
      cursor
      event { id revision at ${ACTOR} modelName alias number previousNumber }
    }
  }
`;

export const HOLDERS = /* GraphQL */ `
  query ($where: HolderFilter!) { holders(where: $where) { cursor holders { modelName } } }
`;
export const FOLLOWED_MODELS = /* GraphQL */ `
  query ($names: [String!]!, $ids: [ID!]!) {
    known: nodes(ids: $ids) { ... on Model { id name } }
    named: models(first: 200, where: { name: { in: $names } }) { nodes { id name } }
  }
`;
export const STAGE_HOLDER = /* GraphQL */ `
  query ($model: String!, $stage: Stage!) {
    model(name: $model) { id standing: stageHolder(stage: $stage) { id number digest source } }
  }
`;
export const ALIAS_VERSION = /* GraphQL */ `
  query ($model: String!, $alias: String!) {
    model(name: $model) { id standing: versionByAlias(alias: $alias) { id number digest source } }
  }
`;

export const MODEL_CHANGES = /* GraphQL */ `
  subscription ($where: RegistryEventFilter!, $after: String!) {
    message: registryEvents(where: $where, after: $after) {
      cursor
      event {
        ... on StageChangedEvent { modelName }
        ... on ModelVersionDeletedEvent { modelName }
        ... on ModelVersionRestoredEvent { modelName }
        ... on AliasChangedEvent { modelName }
        ... on ModelRenamedEvent { modelName previousName }
        ... on ModelDeletedEvent { modelName }
        ... on ModelRestoredEvent { modelName }
      }
    }
  }
`;

export const REPORT_DEPLOYMENT = /* GraphQL */ `
  mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { applied } }
`;
