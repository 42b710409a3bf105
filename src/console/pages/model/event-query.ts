import { graphql, type ResultOf } from "../../graphql/graphql";

export const EventLine = graphql(`
  fragment EventLine on RegistryEvent @_unmask {
    id
    type
    at
    revision
    actor { subject name }
    ... on ModelRenamedEvent { previousName }
    ... on ModelTagSetEvent { key value }
    ... on ModelTagDeletedEvent { key }
    ... on ModelVersionCreatedEvent { versionNumber }
    ... on ModelVersionUpdatedEvent { versionNumber }
    ... on ModelVersionDeletedEvent { versionNumber }
    ... on ModelVersionRestoredEvent { versionNumber }
    ... on ModelVersionTagSetEvent { versionNumber key value }
    ... on ModelVersionTagDeletedEvent { versionNumber key }
    ... on StageChangedEvent { versionNumber from to reason }
    ... on AliasSetEvent { alias versionNumber reason }
    ... on AliasDeletedEvent { alias }
    ... on CheckReportedEvent { versionNumber name checkStatus: status summary }
    ... on PromotionOverriddenEvent { versionNumber reason }
    ... on PromotionRequestEvent { versionNumber stage promotedAlias: alias }
    ... on PromotionRequestCommentedEvent { comment }
    ... on DeploymentReportedEvent { environment endpoint health }
    ... on DeploymentRemovedEvent { environment endpoint }
  }
`);

export type EventLineData = ResultOf<typeof EventLine>;
