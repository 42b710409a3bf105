import { graphql, type ResultOf } from "../../graphql/graphql";

export const RuleResult = graphql(`
  fragment RuleResult on PolicyRuleResult @_unmask {
    policy
    revision
    position
    kind
    mode
    status
    requirement
    explanation
    satisfy
    evidence { kind summary }
  }
`);

export type RuleResultData = ResultOf<typeof RuleResult>;

export const VERSION = graphql(
  `
    query ConsoleVersion($name: String!, $number: Int!) {
      modelVersion(ref: { number: { model: $name, number: $number } }) {
        id
        number
        stage
        status
        statusMessage
        description
        source
        digest
        signature
        flavors
        runLink
        createdAt
        updatedAt
        createdBy { subject name }
        viewerCanTransitionTo
        aliases { name setAt }
        tags { key value }
        run {
          id
          runId
          name
          gitCommit
          params { key value }
          metrics { key value step dataset { id name digest } }
        }
        checks(first: 20) {
          nodes { id name status summary url reportedAt reportedBy { subject name } }
        }
        transitions(first: 20) { nodes { id at revision from to reason versionNumber actor { subject name } } }
        deployments(first: 20) {
          totalCount
          nodes { id environment endpoint health state drifted stale running { number weight since } }
        }
        model {
          id
          name
          promotionRequests(first: 20, where: { status: [OPEN, APPROVED] }) {
            nodes { id versionNumber stage alias status }
          }
          stages { stage current { id number } }
          stageHolder(stage: PRODUCTION) { id number run { id metrics { key value dataset { id name } } } }
        }
      }
      production: previewPromotion(
        version: { number: { model: $name, number: $number } }
        target: { stage: PRODUCTION }
        archiveExisting: true
      ) {
        allowed
        obstacles
        policies { name mode revision }
        rules { ...RuleResult }
      }
      lineage(
        of: { modelVersion: { number: { model: $name, number: $number } } }
        direction: BOTH
        depth: 3
        first: 60
      ) {
        truncated
        counts { kind count }
        nodes { nodeId kind name depth }
        edges { from to kind context }
      }
    }
  `,
  [RuleResult],
);

export type VersionResult = ResultOf<typeof VERSION>;
export type VersionData = NonNullable<VersionResult["modelVersion"]>;
