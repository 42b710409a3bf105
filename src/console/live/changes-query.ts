import { graphql } from "../graphql/graphql";

export const CHANGES = graphql(`
  subscription ConsoleChanges($after: String) {
    registryEvents(after: $after) {
      cursor
      event {
        id
        type
        at
        actor { subject name }
        ... on ModelRegisteredEvent { modelName }
        ... on ModelUpdatedEvent { modelName }
        ... on ModelRenamedEvent { modelName previousName }
        ... on ModelDeletedEvent { modelName }
        ... on ModelRestoredEvent { modelName }
        ... on ModelTagSetEvent { modelName }
        ... on ModelTagDeletedEvent { modelName }
        ... on ModelVersionCreatedEvent { modelName versionNumber }
        ... on ModelVersionUpdatedEvent { modelName versionNumber }
        ... on ModelVersionDeletedEvent { modelName versionNumber }
        ... on ModelVersionRestoredEvent { modelName versionNumber }
        ... on ModelVersionTagSetEvent { modelName versionNumber }
        ... on ModelVersionTagDeletedEvent { modelName versionNumber }
        ... on StageChangedEvent { modelName versionNumber from to }
        ... on AliasSetEvent { modelName alias versionNumber }
        ... on AliasDeletedEvent { modelName alias }
        ... on CheckReportedEvent { modelName versionNumber name checkStatus: status }
        ... on DeploymentReportedEvent { modelName environment endpoint }
        ... on DeploymentRemovedEvent { modelName environment endpoint }
        ... on PromotionRequestEvent { modelName versionNumber }
        ... on RunCreatedEvent { runId }
        ... on RunUpdatedEvent { runId }
        ... on RunFinishedEvent { runId }
        ... on RunDeletedEvent { runId }
        ... on RunRestoredEvent { runId }
        ... on RunInputsLoggedEvent { runId }
        ... on RunOutputsLoggedEvent { runId }
        ... on RunTagSetEvent { runId }
        ... on RunTagDeletedEvent { runId }
      }
    }
  }
`);
